"""Who is assigned what as cohorts change: the minute pass adds, lets go, brings back, and begins.

Who is in the cohorts now is worked out once; then one statement each adds, brings back, lets go
and begins, for all assignments at once. Run twice, or by two at once, they change nothing the
second time.
"""

from collections.abc import Sequence

from django.db import connection, transaction

LIVE = """
CREATE TEMPORARY TABLE mot_target ON COMMIT DROP AS
SELECT id, anchor, made_at FROM assignments_assignment
WHERE cancelled_at IS NULL
  AND (%(assignments)s::bigint[] IS NULL OR id = ANY(%(assignments)s))
"""

# The target cohorts and all below them. UNION: a ring in the tree ends.
TREE = """
CREATE TEMPORARY TABLE mot_tree ON COMMIT DROP AS
WITH RECURSIVE tree(assignment_id, cohort_id) AS (
    SELECT target.assignment_id, target.cohort_id
    FROM assignments_assignmenttarget target JOIN mot_target live ON live.id = target.assignment_id
    WHERE target.cohort_id IS NOT NULL
    UNION
    SELECT tree.assignment_id, below.id
    FROM tree JOIN people_cohort below ON below.parent_id = tree.cohort_id
)
SELECT tree.assignment_id, tree.cohort_id
FROM tree JOIN people_cohort cohort ON cohort.id = tree.cohort_id
WHERE cohort.archived_at IS NULL
"""

# Who is to do it now: for each assignment the people of these cohorts, and those named singly.
# A class that is over has nobody in it. Whom a cohort gives and who is named as well is in it
# through the cohort.
PRESENT = """
CREATE TEMPORARY TABLE mot_present ON COMMIT DROP AS
SELECT DISTINCT ON (assignment_id, person_id)
       assignment_id, person_id, through_id, joined_on
FROM (
    SELECT tree.assignment_id, membership.person_id, membership.cohort_id AS through_id,
           membership.joined_on, membership.id AS latest
    FROM mot_tree tree
    JOIN people_membership membership
      ON membership.cohort_id = tree.cohort_id AND membership.left_at IS NULL
    UNION ALL
    SELECT target.assignment_id, target.person_id, NULL,
           (SELECT max(joined_on) FROM people_membership membership
            WHERE membership.person_id = target.person_id AND membership.left_at IS NULL), 0
    FROM assignments_assignmenttarget target JOIN mot_target live ON live.id = target.assignment_id
    WHERE target.person_id IS NOT NULL
) found
WHERE %(people)s::bigint[] IS NULL OR person_id = ANY(%(people)s)
ORDER BY assignment_id, person_id, latest DESC
"""

# The day from which relative dates count. What comes after something has to wait for it.
STARTS_ON = """
CASE live.anchor
    WHEN 'after' THEN NULL
    -- Whoever was there before it was assigned is not late on the day it is.
    WHEN 'joined' THEN greatest(coalesce(present.joined_on, today.on_), today.made_on)
    ELSE today.on_
END
"""

TODAY = """
LEFT JOIN people_cohort cohort ON cohort.id = present.through_id
CROSS JOIN LATERAL (
    SELECT (mot_now() AT TIME ZONE coalesce(cohort.tz, person.tz))::date AS on_,
           (live.made_at AT TIME ZONE coalesce(cohort.tz, person.tz))::date AS made_on
) today
"""

# In the order of the unique index, so that two passes wait for each other instead of locking up.
ADD = f"""
INSERT INTO assignments_assignee
    (assignment_id, person_id, through_id, starts_on, why, version)
SELECT live.id, person.id, present.through_id, {STARTS_ON}, '', 1
FROM mot_present present
JOIN mot_target live ON live.id = present.assignment_id
JOIN people_user person
  ON person.id = present.person_id AND person.is_active AND person.erased_at IS NULL
{TODAY}
WHERE NOT EXISTS (
    SELECT 1 FROM assignments_assignee assignee
    WHERE assignee.assignment_id = live.id AND assignee.person_id = person.id)
ORDER BY live.id, person.id
ON CONFLICT (assignment_id, person_id) DO NOTHING
"""  # noqa: S608 -- made of fixed texts

# Who comes back has their old row again; "after joining" counts from the new joining.
# Who moves to another cohort of the same target goes on by that cohort's zone and calendar.
BRING_BACK = """
UPDATE assignments_assignee assignee
SET left_at = NULL, through_id = present.through_id, version = assignee.version + 1,
    starts_on = CASE WHEN assignee.left_at IS NOT NULL AND live.anchor = 'joined'
                     THEN coalesce(present.joined_on, assignee.starts_on)
                     ELSE assignee.starts_on END
FROM mot_present present JOIN mot_target live ON live.id = present.assignment_id
WHERE assignee.assignment_id = live.id AND assignee.person_id = present.person_id
  AND (assignee.left_at IS NOT NULL
       OR assignee.through_id IS DISTINCT FROM present.through_id)
  -- Who is in two cohorts of the target stays in the one through which they were assigned.
  AND (assignee.left_at IS NOT NULL OR assignee.through_id IS NULL OR NOT EXISTS (
       SELECT 1 FROM mot_tree tree
       JOIN people_membership membership ON membership.cohort_id = tree.cohort_id
        AND membership.person_id = assignee.person_id AND membership.left_at IS NULL
       WHERE tree.assignment_id = live.id AND tree.cohort_id = assignee.through_id))
"""

LET_GO = """
UPDATE assignments_assignee assignee
SET left_at = mot_now(), version = assignee.version + 1
FROM mot_target live
WHERE assignee.assignment_id = live.id AND assignee.left_at IS NULL
  AND (%(people)s::bigint[] IS NULL OR assignee.person_id = ANY(%(people)s))
  AND NOT EXISTS (
      SELECT 1 FROM mot_present present
      WHERE present.assignment_id = live.id AND present.person_id = assignee.person_id)
"""

# Relative dates of another anchor have been taken back (starts_on empty): they count anew.
BEGIN_AGAIN = f"""
UPDATE assignments_assignee assignee
SET starts_on = {STARTS_ON}, version = assignee.version + 1
FROM mot_present present
JOIN mot_target live ON live.id = present.assignment_id AND live.anchor <> 'after'
JOIN people_user person ON person.id = present.person_id
{TODAY}
WHERE assignee.assignment_id = live.id AND assignee.person_id = present.person_id
  AND assignee.starts_on IS NULL
"""  # noqa: S608 -- made of fixed texts

# What comes before counts as over when it is finished, waived or cancelled; and what was finished
# long before somebody was assigned the next lets that begin on the day they were assigned it.
BEGIN_AFTER = """
UPDATE assignments_assignee assignee
SET starts_on = greatest((earlier.over_at AT TIME ZONE earlier.zone)::date,
                         (assignee.assigned_at AT TIME ZONE earlier.zone)::date),
    version = assignee.version + 1
FROM (
    SELECT waiting.id, due.zone,
           coalesce(due.finished_at, before.waived_at, first.cancelled_at) AS over_at
    FROM assignments_assignee waiting
    JOIN assignments_assignment next
      ON next.id = waiting.assignment_id AND next.anchor = 'after' AND next.cancelled_at IS NULL
    JOIN assignments_assignment first ON first.id = next.after_id
    JOIN assignments_assignee before
      ON before.assignment_id = first.id AND before.person_id = waiting.person_id
    JOIN assignments_assigneedue due ON due.assignee_id = before.id
    WHERE waiting.starts_on IS NULL AND waiting.left_at IS NULL
      AND (%(assignments)s::bigint[] IS NULL OR next.id = ANY(%(assignments)s))
      AND (%(people)s::bigint[] IS NULL OR waiting.person_id = ANY(%(people)s))
) earlier
WHERE assignee.id = earlier.id AND assignee.starts_on IS NULL AND earlier.over_at IS NOT NULL
"""

STATEMENTS = {
    "added": ADD,
    "back": BRING_BACK,
    "left": LET_GO,
    "again": BEGIN_AGAIN,
    "begun": BEGIN_AFTER,
}


@transaction.atomic
def join(
    assignments: Sequence[int] | None = None, people: Sequence[int] | None = None
) -> dict[str, int]:
    """Bring assignees up to date with cohorts (all, or these assignments and people).

    Says how many were added, came back or moved, left, were dated anew, and may begin now.
    """
    about = {
        "assignments": None if assignments is None else list(assignments),
        "people": None if people is None else list(people),
    }
    changed = {}
    with connection.cursor() as cursor:
        for statement in (LIVE, TREE, PRESENT, "ANALYZE mot_present, mot_tree, mot_target"):
            cursor.execute(statement, about if "%(" in statement else None)
        for name, statement in STATEMENTS.items():
            cursor.execute(statement, about)
            changed[name] = cursor.rowcount
        cursor.execute("DROP TABLE mot_target, mot_tree, mot_present")
    return changed
