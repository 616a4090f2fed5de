"""The judge measured on labelled images: what it finds, counts and flags, where it puts joints, and its worst cases."""

from handanat_studio.workflows.evaluate.evaluation import evaluate

__all__ = ["evaluate"]
