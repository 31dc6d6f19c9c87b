// The grammar of .plan files for editors, made from grammar/planc_grammar/plan.lark:
//   python -m planc_grammar.editors

/** Entries that newlines part; which newlines do is decided in src/scanner.c. */
const items = ($, entry) => optional(seq(entry, repeat(seq($._newline, entry))));

const list = (entry) => seq(entry, repeat(seq(',', entry)));

/** What stands between the quotes of a text. */
const inside = ($, content, quote) =>
  seq(repeat(choice(content, $.escape, $.interpolation)), token.immediate(quote));

module.exports = grammar({
  name: 'plan',

  word: $ => $._word,

  extras: $ => [/\s/, $.comment],

  // '{' is among them only so that the scanner sees where a block can begin.
  externals: $ => [$._newline, $._row, $.quantity, $.percentile, '{', $._error_sentinel],

  rules: {
    file: $ => optional(seq($._item, repeat(seq($._newline, $._item)))),

    _item: $ => choice(
      $._header,
      $.use,
      $.let,
      $.service,
      $.cluster,
      $.client,
      $.workload,
      $.fault_declaration,
      $.mock,
      $.machine,
      $.scenario,
      $.allow,
    ),

    _header: $ => choice(
      $.plan_header,
      $.library_header,
    ),

    plan_header: $ => seq('plan', $.text, optional(seq('{', items($, $._header_item), '}'))),

    library_header: $ => seq('library', $.text),

    _header_item: $ => choice(
      $.setting_owner,
      $.setting_about,
      $.setting_severity,
      $.setting_seed,
      $.ids_tags,
    ),

    setting_owner: $ => seq('owner', $.text),

    setting_about: $ => seq('about', $.text),

    setting_severity: $ => seq('severity', $.name),

    setting_seed: $ => seq('seed', $._expr),

    ids_tags: $ => seq('tags', $.ids),

    use: $ => seq('use', $.text, optional(seq('as', $.name))),

    let: $ => seq('let', $.name, '=', choice($._expr, $._call)),

    allow: $ => seq('allow', $.id, $.text),

    service: $ => seq('service', $.name, '{', items($, $._service_item), '}'),

    _service_item: $ => choice(
      $.setting_command,
      $.setting_python,
      $.setting_cwd,
      $.setting_setup,
      $.setting_env,
      $.setting_file,
      $.setting_param,
      $.ports,
      $.needs_binary,
      $.needs_module,
      $.ready,
      $.status,
      $.role,
      $.metrics,
      $.stop_policy,
      $.plant,
      $.hook,
    ),

    setting_command: $ => seq('command', $.text),

    setting_python: $ => seq('python', $.text),

    setting_cwd: $ => seq('cwd', $.text),

    setting_setup: $ => seq('setup', $.text),

    setting_env: $ => seq('env', $.name, '=', $.text),

    setting_file: $ => seq('file', $.text, '=', $.text),

    setting_param: $ => seq('param', $.name, '=', $._expr),

    ports: $ => seq('ports', list($.port)),

    needs_binary: $ => seq('needs', 'binary', $.id, 'from', $._source, repeat(seq('or', $._source))),

    needs_module: $ => seq('needs', 'module', $.module, 'from', $._source, repeat(seq('or', $._source))),

    ready: $ => seq('ready', $._probe, optional(seq('has', $._expr)), 'within', $._expr),

    status: $ => seq('status', $._request, optional(seq('returns', $._expr))),

    role: $ => seq('role', $.name, 'when', $._expr),

    metrics: $ => seq('metrics', $._request, optional(seq('every', $._expr))),

    stop_policy: $ => seq('stop', $.name, optional(seq(',', 'then', $.name, 'after', $._expr))),

    plant: $ => seq('plant', $.name, $.text, optional(seq('{', items($, $._plant_item), '}'))),

    hook: $ => seq('hook', $.name, $._request),

    port: $ => seq($.name, $.number),

    module: $ => seq($.id, repeat(seq('.', $.id))),

    _source: $ => choice(
      $.source_wheel,
      $.source_package,
      $.source_path,
    ),

    source_wheel: $ => seq('wheel', $.text),

    source_package: $ => seq('package', $.text),

    source_path: $ => seq('path', $.text),

    _probe: $ => choice(
      $._request,
      $.tcp_check,
      $.log_check,
    ),

    tcp_check: $ => seq('tcp', 'on', $.name),

    log_check: $ => seq('log', $.text),

    _request: $ => choice(
      $.http_request,
      alias($._exec_request_request, $.exec_request),
      $.python_request,
    ),

    http_request: $ => seq($.name, $.text, optional(seq('on', $.name)), repeat($._http_option)),

    _exec_request_request: $ => seq('exec', $.text),

    python_request: $ => seq('python', $.text),

    _plant_item: $ => choice(
      $.setting_env,
      $.setting_args,
      $.setting_param,
    ),

    setting_args: $ => seq('args', $.text),

    cluster: $ => seq('cluster', $.name, '{', items($, $._cluster_item), '}'),

    _cluster_item: $ => choice(
      $.nodes,
      $.spare,
      $.setting_set,
      $.normal_links,
      $.setting_retransmit,
    ),

    nodes: $ => seq('nodes', $._expr, 'of', $.dotted, optional(seq('as', $.name)), optional(seq('in', 'zone', $.name))),

    spare: $ => seq('spare', $._expr, 'of', $.dotted, optional(seq('as', $.name)), optional(seq('in', 'zone', $.name))),

    setting_set: $ => seq('set', $.name, '=', $._expr),

    normal_links: $ => seq('links', $._expr, optional(seq('loss', $._expr)), optional(seq('rate', $._expr))),

    setting_retransmit: $ => seq('retransmit', $._expr),

    client: $ => seq('client', $.name, 'over', $.name, optional($.text), optional(seq('on', 'port', $.name)), '{', items($, $._client_item), '}'),

    _client_item: $ => choice(
      $.operation,
      $.ids_unknown,
      $.ids_fail,
      $.setting_timeout,
      $.setting_route,
      $.setting_header,
      $.setting_auth,
      $.setting_tls,
    ),

    operation: $ => seq($.name, '(', optional($.parameters), ')', optional($._action), repeat($._operation_option)),

    ids_unknown: $ => seq('unknown', 'on', $.outcomes),

    ids_fail: $ => seq('fail', 'on', $.outcomes),

    setting_timeout: $ => seq('timeout', $._expr),

    setting_route: $ => seq('route', $.name),

    setting_header: $ => seq('header', $.header_name, $.text),

    setting_auth: $ => seq('auth', $.text, $.text),

    setting_tls: $ => seq('tls', $._expr),

    _action: $ => choice(
      $.http_action,
      $.redis_command,
      $.tcp_line,
      alias($._exec_request_action, $.exec_request),
    ),

    http_action: $ => seq($.name, $.text, repeat($._http_option)),

    redis_command: $ => seq('command', $.list),

    tcp_line: $ => seq('line', $.text),

    _exec_request_action: $ => seq('run', $.text),

    _operation_option: $ => choice(
      $.option_returns,
      $.option_fails,
      $.option_unknown,
    ),

    option_returns: $ => seq('returns', $._expr),

    option_fails: $ => seq('fails', 'when', $._expr),

    option_unknown: $ => seq('unknown', 'when', $._expr),

    outcomes: $ => list($.outcome),

    outcome: $ => choice(
      seq($.name, optional($.name)),
      $.number,
      $.quantity,
    ),

    workload: $ => seq('workload', $.name, 'on', $.dotted, '{', items($, $._workload_item), '}'),

    _workload_item: $ => choice(
      $.setting_client,
      $.setting_clients,
      $.rate,
      $.setting_think,
      $.mix,
      $.keys,
      $.values_unique,
      $.values_size,
      $.setting_operations,
      $.setting_timeout,
    ),

    setting_client: $ => seq('client', $.plain),

    setting_clients: $ => seq('clients', $._expr),

    rate: $ => seq('rate', $._expr, optional(seq('to', $._expr, 'over', $._expr))),

    setting_think: $ => seq('think', $._expr),

    mix: $ => seq('mix', list($.mix_part)),

    keys: $ => seq('keys', $._expr, $.name, optional($._expr)),

    values_unique: $ => seq('values', 'unique'),

    values_size: $ => seq('values', 'size', $._expr),

    setting_operations: $ => seq('operations', $._expr),

    mix_part: $ => seq($.name, $._expr),

    fault_declaration: $ => seq('fault', $.name, optional(seq('(', optional($.parameters), ')')), $.block),

    mock: $ => seq('mock', $.name, '{', items($, $._mock_item), '}'),

    _mock_item: $ => choice(
      $.setting_port,
      $.mock_route,
    ),

    setting_port: $ => seq('port', $._expr),

    mock_route: $ => seq($.name, $.text, '->', $.reply, repeat(seq(';', $.reply))),

    reply: $ => seq(optional(seq($._expr, '->')), $._expr, repeat($._reply_option)),

    _reply_option: $ => choice(
      $.option_json,
      $.option_text,
      $.option_header,
      $.option_after,
    ),

    option_json: $ => seq('json', $._expr),

    option_text: $ => seq('text', $.text),

    option_header: $ => seq('header', $.header_name, $.text),

    option_after: $ => seq('after', $._expr),

    machine: $ => seq('machine', $.name, $._machine_of, $.dotted, '{', items($, $._machine_item), '}'),

    _machine_of: $ => choice(
      $.of_service,
      $.on_cluster,
    ),

    of_service: $ => 'of',

    on_cluster: $ => 'on',

    _machine_item: $ => choice(
      $.setting_client,
      $.setting_state,
      $.setting_initial,
      $.transition,
    ),

    setting_state: $ => seq('state', $._expr),

    setting_initial: $ => seq('initial', $.name),

    transition: $ => seq(list($.name), '->', $.name, 'by', $.name),

    scenario: $ => seq('scenario', $.text, repeat($.for_each), '{', items($, $._scenario_item), '}'),

    for_each: $ => seq('for', $.name, 'in', $._expr),

    _scenario_item: $ => choice(
      $.ids_covers,
      $.ids_catches,
      $.ids_tags,
      $.setting_severity,
      $.setting_timeout,
      $.setting_seed,
      $.ids_only,
      $.ids_skip,
      $.cases,
      $.cluster,
      $.allow,
      $._statement,
    ),

    ids_covers: $ => seq('covers', $.ids),

    ids_catches: $ => seq('catches', $.ids),

    ids_only: $ => seq('only', 'on', $.ids),

    ids_skip: $ => seq('skip', 'on', $.ids, optional($.text)),

    cases: $ => seq('cases', $.case_columns, repeat($.case_row)),

    case_columns: $ => seq($._row, repeat1(seq($.name, '|'))),

    case_row: $ => seq($._row, repeat1(seq($._expr, '|'))),

    _statement: $ => choice(
      $.let,
      $.call_statement,
      $.run,
      $.over,
      $.at,
      $.repeat_times,
      $.repeat_every,
      $.for_loop,
      $.when,
      $.pick_one,
      $.pick_some,
      $.wait_until,
      $.wait,
      $.mark,
      $.together,
      $.eventually,
      $.always,
      $.never,
      $.stays,
      $.expect,
      $.explore,
      $.heal,
      $.fault,
      $.fault_call,
    ),

    run: $ => seq('run', list($.plain), optional(seq('for', $._expr)), optional(seq('at', $._expr)), optional($.block)),

    over: $ => seq('over', $._expr, $.block),

    at: $ => seq('at', $._expr, choice($._statement, $.block)),

    repeat_times: $ => seq('repeat', $._expr, 'times', $.block),

    repeat_every: $ => seq('repeat', 'every', $._expr, $.block),

    for_loop: $ => seq('for', $.name, 'in', $._expr, $.block),

    when: $ => seq('when', $._expr, $.block, optional(seq('else', $.block))),

    pick_one: $ => seq('pick', 'one', '{', items($, $.weighted), '}'),

    pick_some: $ => seq('pick', $._expr, 'of', '{', items($, $.weighted), '}'),

    wait_until: $ => seq('wait', 'until', $._expr, 'within', $._expr),

    wait: $ => seq('wait', $._expr),

    mark: $ => seq('mark', $.text),

    together: $ => seq('together', $.block),

    eventually: $ => seq('eventually', 'within', $._moment, $._expr),

    always: $ => seq('always', $._expr),

    never: $ => seq('never', $._expr),

    stays: $ => seq('stays', 'for', $._moment, $._expr),

    expect: $ => seq('expect', $._expectation),

    explore: $ => seq('explore', $.plain, 'for', $._expr, 'steps'),

    heal: $ => seq('heal', optional(choice('all', $.targets))),

    fault_call: $ => seq($.dotted, '(', optional($.arguments), ')', optional(seq('for', $._expr))),

    block: $ => seq('{', items($, $._statement), '}'),

    weighted: $ => seq('weight', $._count, optional(choice($._statement, $.block))),

    _moment: $ => choice(
      $.quantity,
      $.name,
      alias($._attribute_moment, $.attribute),
      seq('(', $._expr, ')'),
    ),

    _attribute_moment: $ => seq($._moment, '.', $.name),

    call_statement: $ => $._call,

    _call: $ => choice(
      $.client_call,
      $.http_call,
      $.exec_call,
      $.python_call,
    ),

    client_call: $ => seq('call', $.plain, '(', optional($.arguments), ')', optional(seq('on', $.targets))),

    http_call: $ => seq('http', $.name, $.text, repeat($._http_option)),

    exec_call: $ => seq('exec', $.text, 'on', $.targets),

    python_call: $ => seq('python', $.text, '(', optional($.arguments), ')'),

    _http_option: $ => choice(
      $.option_header,
      $.option_json,
      $.option_body,
      $.option_timeout,
    ),

    option_body: $ => seq('body', $.text),

    option_timeout: $ => seq('timeout', $._expr),

    header_name: $ => choice(
      $.text,
      $.id,
    ),

    fault: $ => seq($._fault_words, repeat($._fault_option)),

    _fault_words: $ => choice(
      $.crash,
      $.stop,
      $.restart,
      $.pause,
      $.resume,
      $.start,
      $.partition,
      $.partition_one_way,
      $.bridge,
      $.isolate,
      $.slow,
      $.drop,
      $.duplicate,
      $.reorder,
      $.corrupt,
      $.limit,
      $.flap,
      $.refuse,
      $.cut,
      $.skew,
      $.jump,
      $.drift,
      $.fill_disk,
      $.slow_disk,
      $.fail_fsync,
      $.lose_unsynced,
      $.flip_bits,
      $.limit_memory,
      $.throttle_cpu,
      $.exhaust_files,
      $.fail_names,
      $.lie,
      $.equivocate,
      $.replay,
      $.silence,
      $.corrupt_messages,
    ),

    crash: $ => seq('crash', $.targets),

    stop: $ => seq('stop', $.targets),

    restart: $ => seq('restart', $.targets),

    pause: $ => seq('pause', $.targets),

    resume: $ => seq('resume', $.targets),

    start: $ => seq('start', $.targets),

    partition: $ => seq('partition', $.targets, repeat(seq('|', $.targets))),

    partition_one_way: $ => seq('partition', $.targets, '->', $.targets),

    bridge: $ => seq('bridge', 'through', $.targets),

    isolate: $ => seq('isolate', $.targets),

    slow: $ => seq('slow', $._links, 'by', $._expr),

    drop: $ => seq('drop', $._expr, 'on', $._links),

    duplicate: $ => seq('duplicate', $._expr, 'on', $._links),

    reorder: $ => seq('reorder', $._expr, 'on', $._links),

    corrupt: $ => seq('corrupt', $._expr, 'on', $._links),

    limit: $ => seq('limit', $._links, 'to', $._expr),

    flap: $ => seq('flap', $._links, 'every', $._expr),

    refuse: $ => seq('refuse', 'connections', 'to', $.targets, optional(seq('from', $.targets))),

    cut: $ => seq('cut', 'connections', 'of', $.targets),

    skew: $ => seq('skew', $.targets, 'by', $._expr),

    jump: $ => seq('jump', $.targets, 'by', $._expr),

    drift: $ => seq('drift', $.targets, 'by', $._expr),

    fill_disk: $ => seq('fill', 'disk', 'of', $.targets),

    slow_disk: $ => seq('slow', 'disk', 'of', $.targets, 'by', $._expr),

    fail_fsync: $ => seq('fail', 'fsync', 'of', $.targets),

    lose_unsynced: $ => seq('lose', 'unsynced', 'writes', 'of', $.targets),

    flip_bits: $ => seq('flip', optional($._count), 'bits', 'in', $.text, 'of', $.targets),

    limit_memory: $ => seq('limit', 'memory', 'of', $.targets, 'to', $._expr),

    throttle_cpu: $ => seq('throttle', 'cpu', 'of', $.targets, 'to', $._expr),

    exhaust_files: $ => seq('exhaust', 'files', 'of', $.targets),

    fail_names: $ => seq('fail', 'names', 'of', $.targets),

    lie: $ => seq('make', $.targets, 'lie'),

    equivocate: $ => seq('make', $.targets, 'equivocate'),

    replay: $ => seq('make', $.targets, 'replay'),

    silence: $ => seq('silence', $.targets),

    corrupt_messages: $ => seq('corrupt', 'messages', 'of', $.targets),

    _fault_option: $ => choice(
      $.option_for,
      $.option_every,
    ),

    option_for: $ => seq('for', $._expr),

    option_every: $ => seq('every', $._expr),

    _links: $ => choice(
      $.links_of,
      $.links_to,
      $.links_between,
    ),

    links_of: $ => seq('links', 'of', $.targets),

    links_to: $ => seq('links', $.targets, '->', $.targets),

    links_between: $ => seq('links', 'between', $.targets, 'and', $.targets),

    _expectation: $ => choice(
      $.expect_condition,
      $.expect_history,
      $.expect_no_lost_write,
      $.expect_lost_write,
      $.expect_no_log_line,
      $.expect_measure,
      $.expect_measure_within,
      $.expect_measure_baseline,
      $.expect_transitions,
      $.expect_schema,
      $.expect_python,
    ),

    expect_condition: $ => seq($._expr, optional($._window)),

    expect_history: $ => seq('history', optional(seq('of', $.plain)), 'is', optional('not'), $.id, optional(seq('as', $._model))),

    expect_no_lost_write: $ => seq('no', 'acknowledged', 'write', 'is', 'lost'),

    expect_lost_write: $ => seq('some', 'acknowledged', 'write', 'is', 'lost'),

    expect_no_log_line: $ => seq('no', 'log', 'line', optional(seq('of', $.targets)), 'matches', $.text, optional(seq('ignoring', 'case')), optional($._window), repeat(seq('except', $._window))),

    expect_measure: $ => seq($.measure, optional($._window), $.comparison, $._expr),

    expect_measure_within: $ => seq($.measure, optional($._window), 'within', $._expr, 'of', $._expr),

    expect_measure_baseline: $ => seq($.measure, optional($._window), 'not', 'slower', 'than', 'baseline', 'by', $._expr),

    expect_transitions: $ => seq('every', 'illegal', 'transition', 'is', 'refused'),

    expect_schema: $ => seq($._range, 'matches', 'schema', $._expr),

    expect_python: $ => seq('python', $.text, optional(seq('(', optional($.arguments), ')'))),

    _model: $ => choice(
      $.id,
      $.model_python,
    ),

    model_python: $ => seq('python', $.text),

    measure: $ => seq($._measured, optional(seq('of', $.name)), optional(seq('on', $.plain))),

    _measured: $ => choice(
      $.measured_percentile,
      $.measured_mean,
      $.measured_max,
      $.measured_throughput,
      $.measured_goodput,
      $.measured_error_rate,
      $.measured_availability,
      $.measured_availability_over_time,
      $.measured_downtime,
      $.measured_recovery,
      $.measured_send_lag,
      $.measured_share,
      $.measured_memory_growth,
      $.measured_open_files,
      $.measured_open_files_growth,
      $.measured_increase,
      $.measured_rate,
      $.measured_highest,
      $.measured_lowest,
      $.measured_average,
    ),

    measured_percentile: $ => seq($.percentile, 'latency'),

    measured_mean: $ => seq('mean', 'latency'),

    measured_max: $ => seq('max', 'latency'),

    measured_throughput: $ => 'throughput',

    measured_goodput: $ => 'goodput',

    measured_error_rate: $ => seq('error', 'rate'),

    measured_availability: $ => 'availability',

    measured_availability_over_time: $ => seq('availability', 'over', 'time'),

    measured_downtime: $ => 'downtime',

    measured_recovery: $ => seq('recovery', 'after', 'each', 'fault'),

    measured_send_lag: $ => seq('send', 'lag'),

    measured_share: $ => seq('share', 'of', 'requests', 'per', 'node'),

    measured_memory_growth: $ => seq('memory', 'growth', 'of', $.targets),

    measured_open_files: $ => seq('open', 'files', 'of', $.targets),

    measured_open_files_growth: $ => seq('open', 'files', 'growth', 'of', $.targets),

    measured_increase: $ => seq('increase', $.metric),

    measured_rate: $ => seq('rate', $.metric),

    measured_highest: $ => seq('max', $.metric),

    measured_lowest: $ => seq('min', $.metric),

    measured_average: $ => seq('mean', $.metric),

    metric: $ => seq('of', 'metric', $.text, optional(seq('with', $.record)), 'of', $.targets),

    _window: $ => choice(
      $.window_during,
      $.window_outside,
      $.window_before,
      $.window_after,
      $.window_between,
    ),

    window_during: $ => seq('during', 'faults'),

    window_outside: $ => seq('outside', 'faults'),

    window_before: $ => seq('before', 'faults'),

    window_after: $ => seq('after', 'heal'),

    window_between: $ => seq('between', $.text, 'and', $.text),

    targets: $ => list($._target),

    _target: $ => choice(
      $._postfix,
      $._target_set,
    ),

    _target_set: $ => choice(
      $.any_of,
      $.each_of,
      $.all_of,
      $.zone_of,
    ),

    any_of: $ => seq('any', optional($._count), 'of', $._target),

    each_of: $ => seq('each', 'of', $._target),

    all_of: $ => seq('all', 'of', $._target),

    zone_of: $ => seq('zone', $.name, 'of', $._target),

    _count: $ => choice(
      $.number,
      $.name,
    ),

    _expr: $ => choice(
      $.conditional,
      $._or_test,
    ),

    conditional: $ => seq('if', $._expr, 'then', $._expr, 'else', $._expr),

    _or_test: $ => choice(
      $._and_test,
      alias($._binary_or_test, $.binary),
    ),

    _binary_or_test: $ => seq($._or_test, 'or', $._and_test),

    _and_test: $ => choice(
      $._not_test,
      alias($._binary_and_test, $.binary),
    ),

    _binary_and_test: $ => seq($._and_test, 'and', $._not_test),

    _not_test: $ => choice(
      $._comparison,
      alias($._unary_not_test, $.unary),
    ),

    _unary_not_test: $ => seq('not', $._not_test),

    _comparison: $ => choice(
      $._range,
      alias($._binary_comparison, $.binary),
    ),

    _binary_comparison: $ => seq($._range, choice($.comparison, 'in', 'contains', 'matches'), $._range),

    _range: $ => choice(
      $._sum,
      $.range_of,
      $.spread,
    ),

    range_of: $ => seq($._sum, '..', $._sum),

    spread: $ => seq($._sum, '+/-', $._sum),

    _sum: $ => choice(
      $._product,
      alias($._binary_sum, $.binary),
    ),

    _binary_sum: $ => seq($._sum, choice('+', '-'), $._product),

    _product: $ => choice(
      $._signed,
      alias($._binary_product, $.binary),
    ),

    _binary_product: $ => seq($._product, choice('*', '/'), $._signed),

    _signed: $ => choice(
      $._postfix,
      alias($._unary_signed, $.unary),
      $._target_set,
    ),

    _unary_signed: $ => seq('-', $._signed),

    _postfix: $ => choice(
      $._atom,
      alias($._attribute_postfix, $.attribute),
      $.index,
      $.function_call,
      $.function_call_by,
      $.any_call,
      $.all_call,
    ),

    _attribute_postfix: $ => seq($._postfix, '.', $.name),

    index: $ => seq($._postfix, '[', $._expr, ']'),

    function_call: $ => seq($._postfix, '(', optional($.arguments), ')'),

    function_call_by: $ => seq($._postfix, '(', $._expr, 'by', $.name, ')'),

    any_call: $ => seq('any', '(', optional($.arguments), ')'),

    all_call: $ => seq('all', '(', optional($.arguments), ')'),

    _atom: $ => choice(
      $.number,
      $.quantity,
      $.text,
      $.true,
      $.false,
      $.none,
      $.others,
      $.name,
      $.soft_name,
      $.list,
      $.record,
      seq('(', $._expr, ')'),
    ),

    true: $ => 'true',

    false: $ => 'false',

    none: $ => 'none',

    others: $ => 'others',

    list: $ => seq('[', optional(seq(list($._expr), optional(','))), ']'),

    record: $ => seq('{', optional(seq(list($.field), optional(','))), '}'),

    field: $ => seq(choice($.name, $.text), ':', $._expr),

    arguments: $ => seq(list($._expr), optional(',')),

    parameters: $ => list($.name),

    soft_name: $ => choice(
      'history',
      'no',
      'some',
      'mean',
      'max',
      'min',
      'error',
      'send',
      'share',
      'memory',
      'open',
      'increase',
      'rate',
    ),

    dotted: $ => seq($.name, repeat(seq('.', $.name))),

    plain: $ => seq($.name, repeat(seq('.', $.name))),

    ids: $ => list($.id),

    // --- words ---

    _word: $ => /[A-Za-z_][A-Za-z0-9_]*/,

    name: $ => $._word,

    // An ID such as con-failover.
    id: $ => seq($._word, repeat(seq(token.immediate('-'), token.immediate(/[A-Za-z0-9_]+/)))),

    number: $ => /\d[\d_]*(\.\d+)?/,

    comparison: $ => choice('==', '!=', '<=', '>=', '<', '>'),

    text: $ => choice(
      seq('"', inside($, $.content, '"')),
      seq('"""', inside($, choice($.content_lines, alias($._quote, $.content_lines)), '"""')),
    ),

    content: $ => token.immediate(prec(1, /[^"\\{}\n]+/)),

    content_lines: $ => token.immediate(prec(1, /[^"\\{}]+/)),

    _quote: $ => token.immediate('"'),

    escape: $ => token.immediate(choice(
      /\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|[^uUx])/, '{{', '}}',
    )),

    interpolation: $ => seq(token.immediate('{'), choice($._expr, seq('peers', $.text, 'join', $.text)), '}'),

    comment: $ => /#[^\n]*/,
  },
});
