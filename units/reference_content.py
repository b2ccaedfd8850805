"""What stands beside all units: glossary, map of steps and models, checklist of observations."""

from pydantic import Field, model_validator

from mot_course.web import Text
from quizzes.kinds.base import Id, Part, all_different
from quizzes.kinds.transcript import StepSlug


class Term(Part):
    """A word of the field. Lessons link it as `/glossary/#<id>`."""

    id: Id
    term: Text
    meaning: Text
    lesson: str | None = Field(None, description="`<unit>/<lesson>` that explains it")


class GlossaryFile(Part):
    """`glossary.yaml`"""

    terms: tuple[Term, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _terms_differ(self) -> "GlossaryFile":
        all_different((one.id for one in self.terms), "terms")
        return self


class MapModel(Part):
    """A model and the step it hangs on."""

    id: Id
    step: StepSlug
    title: Text
    says: Text = Field(description="one sentence")
    main: bool = Field(False, description="shown at once; the others are folded away")
    lesson: str | None = Field(None, description="`<unit>/<lesson>` that teaches it")


class MapFile(Part):
    """`map.yaml`: every model of the course on the spine of the five steps"""

    models: tuple[MapModel, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _models_differ(self) -> "MapFile":
        all_different((one.id for one in self.models), "models")
        return self


class ObservedItem(Part):
    """Something that can be seen or heard in an encounter."""

    id: Id
    step: StepSlug
    says: Text = Field(description="what is looked for, said of somebody else")
    mine: Text = Field(description="the same, said of oneself")
    seen: Text = Field(description="an example of it")
    not_seen: Text = Field(description="an example of what does not count")


class ObservationFile(Part):
    """`observation.yaml`: the checklist by which real encounters are watched"""

    items: tuple[ObservedItem, ...] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _items_differ(self) -> "ObservationFile":
        all_different((one.id for one in self.items), "items")
        return self
