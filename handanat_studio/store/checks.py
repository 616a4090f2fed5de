"""Questions that `verify` asks the database: each returns the ids of rows that are not as they should be."""

from __future__ import annotations

CHAIN_CHECKS = {
    "a chain of revisions starts more than once or never": """
        SELECT min(id) FROM annotations GROUP BY hand_id, annotator_id, round
        HAVING sum(CASE WHEN parent_id IS NULL THEN 1 ELSE 0 END) <> 1""",
    "a revision's parent is missing or belongs to another chain": """
        SELECT a.id FROM annotations a LEFT JOIN annotations p ON p.id = a.parent_id AND p.hand_id = a.hand_id
        AND p.annotator_id = a.annotator_id AND p.round = a.round WHERE a.parent_id IS NOT NULL AND p.id IS NULL""",
    "a revision is of another kind than its parent": """
        SELECT a.id FROM annotations a JOIN annotations p ON p.id = a.parent_id WHERE p.kind <> a.kind""",
    "two revisions have the same parent": """
        SELECT max(id) FROM annotations WHERE parent_id IS NOT NULL GROUP BY parent_id HAVING count(*) > 1""",
}
"""About `annotations`."""

LIBRARY_CHECKS = {
    "the newest revision is not the one the library shows": """
        SELECT a.id FROM annotations a LEFT JOIN newest_annotations n ON n.annotation_id = a.id
        LEFT JOIN annotations later ON later.parent_id = a.id
        WHERE (later.id IS NULL) <> (n.annotation_id IS NOT NULL)""",
    "the library shows another verdict than the revision": """
        SELECT a.id FROM annotations a JOIN newest_annotations n ON n.annotation_id = a.id
        WHERE coalesce(a.verdict, '') <> coalesce(n.verdict, '')""",
    "the library shows another kind or mark than the revision": """
        SELECT a.id FROM annotations a JOIN newest_annotations n ON n.annotation_id = a.id
        WHERE a.kind <> n.kind OR a.flagged <> n.flagged""",
    "the library shows another stage than the reviews": """
        SELECT n.annotation_id FROM newest_annotations n LEFT JOIN (
            SELECT a.hand_id, a.annotator_id, a.round, max(r.id) AS id
            FROM reviews r JOIN annotations a ON a.id = r.annotation_id GROUP BY a.hand_id, a.annotator_id, a.round
        ) last ON last.hand_id = n.hand_id AND last.annotator_id = n.annotator_id AND last.round = n.round
        LEFT JOIN reviews r ON r.id = last.id
        WHERE n.stage <> CASE
            WHEN r.action = 'return' THEN 'returned'
            WHEN r.annotation_id = n.annotation_id AND r.action = 'submit' THEN 'submitted'
            WHEN r.annotation_id = n.annotation_id AND r.action = 'accept' THEN 'accepted'
            ELSE 'draft' END""",
    "the library does not know the newest annotation of an annotator": """
        SELECT n.annotation_id FROM newest_annotations n WHERE n.of_annotator <> CASE WHEN n.annotation_id =
        (SELECT max(m.annotation_id) FROM newest_annotations m WHERE m.hand_id = n.hand_id
        AND m.annotator_id = n.annotator_id AND m.kind = 'annotation') THEN 1 ELSE 0 END""",
    "the library does not know the newest revision of a hand": """
        SELECT n.annotation_id FROM newest_annotations n WHERE n.of_hand <> CASE WHEN n.annotation_id =
        (SELECT max(m.annotation_id) FROM newest_annotations m WHERE m.hand_id = n.hand_id) THEN 1 ELSE 0 END""",
}
"""About `newest_annotations`, by the id of the revision."""

REVIEW_CHECKS = {
    "a review names another hand than its revision": """
        SELECT r.id FROM reviews r JOIN annotations a ON a.id = r.annotation_id WHERE a.hand_id <> r.hand_id""",
    "somebody else submitted or withdrew an annotation": """
        SELECT r.id FROM reviews r JOIN annotations a ON a.id = r.annotation_id
        WHERE r.action IN ('submit', 'withdraw') AND a.annotator_id <> r.actor_id""",
}
"""About `reviews`."""

COMMENT_CHECKS = {
    "a comment names another hand than its revision": """
        SELECT c.id FROM comments c JOIN annotations a ON a.id = c.annotation_id WHERE a.hand_id <> c.hand_id""",
    "a comment resolves one of another hand": """
        SELECT c.id FROM comments c JOIN comments o ON o.id = c.resolves_id
        WHERE o.hand_id <> c.hand_id OR o.kind = 'resolve'""",
}
"""About `comments`."""
