"""Every setting with its default and its limits, and how a file and the environment set them."""

from collections.abc import Iterator, Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as EnvironmentSyntaxError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from domain.faq import Thresholds
from domain.ticket import TicketRules
from domain.units import Level, TeamRule
from loa.settings_accounts import AccountSettings, check_accounts
from loa.settings_checks import (
    check_levels,
    check_rising,
    check_team_rules,
    read_hour,
    read_waits,
    refuse,
    unknown,
)
from loa.settings_file import Fault, SettingsError, SettingsFile
from storage.retention import Kind

Count = Annotated[int, Field(ge=1)]
Score = Annotated[float, Field(ge=0, le=1)]
Port = Annotated[int, Field(ge=1, le=65535)]
Hour = Annotated[time, BeforeValidator(read_hour)]
Rising = Annotated[tuple[Count, ...], AfterValidator(check_rising)]
Waits = Annotated[
    tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=1), BeforeValidator(read_waits)
]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class WebSettings(Section):
    host: str = "127.0.0.1"
    """The address on which this machine listens."""
    port: Port = 8080
    """The port on which it listens."""
    public_url: Annotated[str, Field(pattern="^(https://.+)?$")] = ""
    """The https address under which messengers and people reach it; webhooks need it, and links to
    files, for which LOA_SECRET_KEY must be set in the environment too."""
    link_days: Count = 30
    """How many days a link to a file holds."""
    metrics: bool = True
    """Whether /metrics tells Prometheus its figures: with LOA_METRICS_TOKEN in the environment only
    to who brings that token, without it only where host is this machine's own and there is no
    public_url."""


class TracingSettings(Section):
    endpoint: Annotated[str, Field(pattern="^(https?://.+)?$")] = ""
    """The address of an OpenTelemetry collector, as http://localhost:4318/v1/traces, which gets a
    span for each update, message and job; empty is off, and anything else needs `make tracing`."""


class SandboxSettings(Section):
    host: str = "127.0.0.1"
    """The address on which this machine listens."""
    port: Port = 8081
    """The port on which it listens."""


class JoiningSettings(Section):
    code_days: Count = 30
    """How many days an invitation for people holds."""
    group_code_hours: Count = 72
    """How many hours a code that binds a group holds."""
    wrong_codes_an_hour: Count = 5
    """How many wrong codes a person may enter in an hour."""


class FaqSettings(Section):
    answer_above: Score = Thresholds().answer
    """From which likeness on, 0 to 1, an entry is given as the answer."""
    offer_above: Score = Thresholds().offer
    """From which likeness on, 0 to 1, entries are offered to choose from; below it, a question
    becomes a ticket."""
    listen_above: Score = 0.97
    """From which likeness on, 0 to 1, an entry is given in a group that asked nobody, where a
    coordinator lets the bot listen."""
    second_approval: bool = False
    """Whether another coordinator approves an answer before it becomes an entry."""

    @field_validator("offer_above")
    @classmethod
    def _is_lower(cls, value: float, info: ValidationInfo) -> float:
        if value > info.data.get("answer_above", 1):
            raise ValueError("is more than answer_above")
        return value


class TicketSettings(Section):
    climb_after_hours: Waits = (24,)
    """How many hours a question waits before the next level up is asked: one number, or a list with
    one for each step, the last holding for all further ones. At night nobody is asked."""
    alike_above: Score = TicketRules().alike
    """From which likeness on, 0 to 1, an open question is shown as the same as one just
    answered."""


class ReportSettings(Section):
    late_prompt_hours: Count = 18
    """A call for reports missed while the machine was off still goes out up to this many hours
    late; here and below weekends and holidays do not count."""
    silence_after_hours: Rising = (24, 36, 48, 72)
    """How many hours after the call who has not reported is reminded: the group, its leader in
    private, then the units above one after another, each once a period; empty is never."""
    digest_hour: Hour = time(8)
    """When on Monday communes and provinces get the sums of the period that has ended."""
    late_digest_hours: Count = 30
    """Such sums missed while the machine was off still go out up to this many hours late."""
    word_template: str = ""
    """The Word file of which official reports are made; empty is the one that comes with Loa."""


class QuietHoursSettings(Section):
    begin: Hour = time(21)
    """When the night begins, in the settings' time zone."""
    end: Hour = time(6)
    """When it is over; the same as begin is no quiet hours at all."""


class BroadcastSettings(Section):
    quiet_hours: QuietHoursSettings = QuietHoursSettings()
    """The hours in which a broadcast waits, unless it is marked as urgent."""
    approve_above: Annotated[int, Field(ge=0)] = 500
    """A document or a course for more groups waits for a second person's approval; 0 is never."""
    passage_hours: Count = 24
    """How many hours a commune has to add its line, before a document goes on by itself."""
    remind_after_hours: Rising = (24, 72)
    """How many hours after its end those who have not acknowledged are reminded; empty is never."""
    resend_lost: bool = True
    """Whether a message whose answer was lost is sent once more, and marked so: it may arrive
    twice."""


class LimitSettings(Section):
    text: Count = 4000
    """The most characters in a text."""
    file_mb: Count = 20
    """The largest file, in megabytes."""


class RetentionSettings(Section):
    inbox_days: Count = 7
    """A message that was worked off, to recognise it when it comes again."""
    sessions_days: Count = 30
    """A conversation that somebody left standing."""
    messages_days: Count = 180
    """The words of messages that were sent; those of documents stay."""
    questions_days: Count = 365
    """The words of questions that were answered or closed; their counts stay."""
    audit_days: Count = 1825
    """A line of the audit trail: who used which right, long enough for an inspection."""
    files_days: Annotated[int, Field(ge=30)] = 90
    """A file that no document, report or answer has, such as one that was exported; at least 30."""

    @property
    def days(self) -> Mapping[Kind, int]:
        return {Kind(name.removesuffix("_days")): days for name, days in self}


class Settings(BaseSettings):
    """All settings, whole and checked; made by `load`."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="LOA_",
        env_nested_delimiter="__",
        use_attribute_docstrings=True,
    )

    database_url: str = "sqlite:///var/loa.sqlite3"
    """Where the data is kept: sqlite:///FILE or postgresql+asyncpg://HOST/NAME; one with a password
    goes into LOA_DATABASE_URL."""
    data_dir: Path = Path("var")
    """The folder for files that people send, and for what the sandbox remembers."""
    timezone: ZoneInfo = ZoneInfo("Asia/Ho_Chi_Minh")
    """The time zone in which people read dates and hours."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much is logged: debug, info, warning or error."""
    log_format: Literal["text", "json"] = "text"
    """How it is logged: text for people, or json, an object a line; numbers, addresses and names of
    people are masked in both."""
    web: WebSettings = WebSettings()
    """The door for webhooks and pages."""
    tracing: TracingSettings = TracingSettings()
    """Where spans of the work are collected."""
    sandbox: SandboxSettings = SandboxSettings()
    """The pretend messenger that `loa demo` starts."""
    accounts: tuple[AccountSettings, ...] = (AccountSettings(),)
    """The messenger accounts in which Loa speaks; one whose token is not set stays silent."""
    levels: tuple[Level, ...] = (
        Level("province", "tỉnh"),
        Level("commune", "xã", ("province",)),
        Level("village", "thôn", ("commune",), reports=True),
    )
    """The levels of the organisation, a level after those that it may stand under."""
    team_rules: tuple[TeamRule, ...] = (
        TeamRule("commune", most=10),
        TeamRule("village", most=5),
    )
    """How large a team should be; a team that is not gives a warning."""
    joining: JoiningSettings = JoiningSettings()
    """How people and groups join."""
    faq: FaqSettings = FaqSettings()
    """How sure an answer from the FAQ must be, and who may add to it."""
    tickets: TicketSettings = TicketSettings()
    """Questions that the FAQ cannot answer, on their way up."""
    reports: ReportSettings = ReportSettings()
    """The weekly report; its days, hours and questions stand in the data set."""
    broadcasts: BroadcastSettings = BroadcastSettings()
    """How documents go down to the groups."""
    limits: LimitSettings = LimitSettings()
    """What a person may send."""
    retention: RetentionSettings = RetentionSettings()
    """How many days what is done with is still kept; reports, documents and answers stay."""

    @property
    def files_dir(self) -> Path:
        """Where the bytes of files are, named by their SHA-256."""
        return self.data_dir / "files"

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, value: str) -> str:
        try:
            engine = make_url(value).drivername
        except (ArgumentError, ValueError):
            engine = ""
        if engine not in ("sqlite", "postgresql+asyncpg"):
            raise ValueError("needs an address as sqlite:///FILE or postgresql+asyncpg://HOST/NAME")
        return value

    @field_validator("accounts")
    @classmethod
    def _can_receive(
        cls, accounts: tuple[AccountSettings, ...], info: ValidationInfo
    ) -> tuple[AccountSettings, ...]:
        web = info.data.get("web")
        refuse(check_accounts(accounts, web.public_url if web else None))
        return accounts

    @field_validator("levels")
    @classmethod
    def _is_a_tree(cls, levels: tuple[Level, ...]) -> tuple[Level, ...]:
        refuse(check_levels(levels))
        return levels

    @field_validator("team_rules")
    @classmethod
    def _can_be_kept(
        cls, rules: tuple[TeamRule, ...], info: ValidationInfo
    ) -> tuple[TeamRule, ...]:
        refuse(check_team_rules(rules, info.data.get("levels")))
        return rules

    @classmethod
    def settings_customise_sources(cls, *_: Any, **sources: Any) -> tuple[Any, ...]:
        """Only what is handed in: the file and the environment are read where lines are known."""
        return (sources["init_settings"],)


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of a file, overridden by the environment's.

    Raises SettingsError with everything that is wrong, each with its line or variable.
    """
    file = SettingsFile.read(path)
    overrides = _from_environment(environ)
    faults = [*file.faults()]
    try:
        settings = Settings(**_merged(file.data, overrides))
    except ValidationError as error:
        faults += (fault for details in error.errors() for fault in _faults(details))
    else:
        if not faults:
            return settings
    raise SettingsError(file.told(faults, overrides))


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    source = EnvSettingsSource(Settings)
    source.env_vars = {name.lower(): value for name, value in environ.items()}
    try:
        return source()
    except EnvironmentSyntaxError as error:
        raise SettingsError([f"environment: {error}"]) from None  # its cause quotes the value


def _merged(file: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    merged = dict(file)
    for key, value in overrides.items():
        below = merged.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = _merged(below or {}, value) if both else value
    return merged


def _faults(details: ErrorDetails) -> Iterator[Fault]:
    """What one of pydantic's findings says to the one who wrote the file."""
    path = details["loc"]
    if details["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        yield Fault(path, unknown("key", str(path[-1]), _keys(path[:-1])))
    elif details["type"] == "faults":
        yield from (Fault(path + fault.path, fault.why) for fault in details["ctx"]["faults"])
    else:
        yield Fault(path, details["msg"].removeprefix("Value error, "))


def _keys(path: tuple[int | str, ...]) -> list[str]:
    """The keys that there may be at that place."""
    model: Any = Settings
    for key in path:
        if isinstance(key, str):
            kind = model.__annotations__[key]
            model = getattr(kind, "__args__", [kind])[0]
    return [key for key in model.__annotations__ if key != "model_config"]
