# Replays tests/conformance through the Ruby that SWIG made of resil.i, and tries what vectors do not say.
# usage: ruby -I FOLDER_OF_resil.so replay.rb CONFORMANCE_FOLDER
require "json"
require "resil"

$passed = $failed = 0

def check(name)
  yield
  $passed += 1
rescue StandardError => e
  $failed += 1
  puts "FAILED #{name}: #{e.message}"
end

def same(expected, actual, where)
  raise "#{where}: expected #{expected.inspect}, got #{actual.inspect}" unless expected == actual
end

def options(app_id = nil)
  options = Resil::Options.new
  options.app_id = app_id if app_id
  options.jitter_seed = 7
  options
end

STATES = %w[closed open half-open].freeze

# One trace of operations.
class Replay
  KINDS = { "app" => Resil::APP, "actor" => Resil::ACTOR, "inbound" => Resil::COMPONENT_IN,
            "outbound" => Resil::COMPONENT_OUT }.freeze
  REASONS = { "breaker-open" => "open", "breaker-half-open-full" => "too_many_requests" }.freeze # others have one name
  VERDICTS = { "done" => Resil::DONE, "retry" => Resil::RETRY, "fail" => Resil::GIVE_UP }.freeze
  OUTCOMES = { "success" => Resil::SUCCESS, "failure" => Resil::FAILURE, "timeout" => Resil::TIMEOUT,
               "cancelled" => Resil::CANCELLED }.freeze

  def initialize(line)
    @line = line
    @engine = Resil::Engine.new(options(line["app_id"]), line["spec"], nil)
    @reader = Resil::Events.new
    @calls = {}
    @transitions = []
  end

  def run
    @line["steps"].each_with_index do |step, i|
      send(step["op"], step, step["expect"], "step #{i} #{step}")
      read_events
    end
    same(@line["expect_transitions"], @transitions, "transitions")
  end

  private

  def endpoint(target)
    kind = KINDS.fetch(target["direction"] || target["kind"])
    @engine.endpoint(kind, target["name"], target["type"] || target["id"] || target["method"])
  end

  def begin(step, expect, where)
    call = @calls[step["call"]] ||= Resil::Operation.new
    call.set_deadline_ns(step["deadline_ns"]) if step["deadline_ns"]
    decision = @engine.begin_attempt(endpoint(step["target"]), step["at"], call)
    same(expect["decision"] == "allow" ? Resil::ALLOW : Resil::REJECT, decision, where)
    if decision == Resil::ALLOW
      same([step["attempt"], expect["timeout_ns"]], [call.attempt, call.timeout_ns], where)
    else
      same(expect["reason"], reason_of(call), where)
      within(expect["wait_ns"], call.delay_ns, where)
    end
  end

  def reason_of(call)
    name = Resil.name(call.reason)
    REASONS.fetch(name, name)
  end

  # A trace may say between which two a number is.
  def within(range, got, where)
    raise "#{where}: #{got} is not in #{range}" unless range.nil? || got.between?(*range)
  end

  def end(step, expect, where)
    call = @calls.fetch(step["call"])
    outcome = if step["http_status"] then Resil.http(step["http_status"])
              elsif step["grpc_status"] then Resil.grpc(step["grpc_status"])
              else OUTCOMES.fetch(step["outcome"])
              end
    call.set_delay_ns(step["hint_ns"] || 0)
    verdict = @engine.end_attempt(call, outcome, step["at"])
    same(VERDICTS.fetch(expect["verdict"]), verdict, where)
    within(expect["delay_ns"], call.delay_ns, where) if verdict == Resil::RETRY
    same(expect["reason"], reason_of(call), where) if verdict == Resil::GIVE_UP && expect["reason"]
  end

  def inspect(step, expect, where)
    id = endpoint(step["target"])
    breaker = JSON.parse(@engine.snapshot(step["at"]))["endpoints"].find { |e| e["endpoint"] == id }["breaker"]
    same(expect["state"], breaker["state"], where)
    same(expect["state"], STATES.fetch(@engine.state(id, step["at"])), where)
    expect["counts"].each { |name, count| same(count, breaker["counts"][name], "#{where}: #{name}") }
  end

  def read_events
    while @reader.next(@engine) == 1
      next unless @reader.kind == Resil::EVENT_BREAKER

      from, to = STATES.fetch(@reader.before), STATES.fetch(@reader.after)
      text = @reader.text(@engine)
      name = text[/\ACircuit breaker "(.*)" changed state from #{from} to #{to}\z/, 1]
      raise "unexpected text: #{text}" unless name

      @transitions << { "at" => @reader.time_ns, "breaker" => name, "from" => from, "to" => to }
    end
  end
end

def cel(line)
  other = line["error"] ? line["expr"] : line["equals"]
  rule = "(#{line['expr']}) == (#{other})".gsub("'", "''")
  begin
    engine = Resil::Engine.new(options, <<~YAML, nil)
      apiVersion: dapr.io/v1alpha1
      kind: Resiliency
      metadata: {name: cel}
      spec:
        policies: {circuitBreakers: {cb: {maxRequests: 1, timeout: 5s, trip: '#{rule}'}}}
        targets: {apps: {orders: {circuitBreaker: cb}}}
    YAML
  rescue ArgumentError => e
    raise "refused: #{e.message}" unless line["error"]

    return
  end
  id, call = engine.endpoint(Resil::APP, "orders", nil), Resil::Operation.new
  engine.begin_attempt(id, 1, call)
  engine.end_attempt(call, Resil::FAILURE, 2)
  same(line["error"] ? Resil::CLOSED : Resil::OPEN, engine.state(id, 2), rule)
end

folder = ARGV.fetch(0)
lines = lambda do |pattern|
  Dir[File.join(folder, pattern)].sort.flat_map { |file| File.readlines(file) }.map { |text| JSON.parse(text) }
end
lines.("{operations*,extension}.jsonl").each { |line| check(line["name"]) { Replay.new(line).run } }
lines.("cel.jsonl").each { |line| check("#{line['file']}/#{line['name']}") { cel(line) } }

check("abi") { same(Resil.built_for, Resil.abi, "the library's ABI") }
check("a bad document is refused with the place and the remedy") do
  Resil::Engine.new(nil, "kind: Resiliency\nspec: {polices: {}}\n", nil)
  raise "it was loaded"
rescue ArgumentError => e
  raise e.message unless e.message.include?("polices")
end
check("a NUL byte does not cut a document short") do
  Resil::Engine.new(nil, "kind: Resiliency\n\0spec: nonsense", nil)
  raise "it was loaded"
rescue ArgumentError => e
  raise e.message if e.message.empty?
end
check("ending what was not begun") do
  engine = Resil::Engine.new(nil, "kind: Resiliency\nspec: {}\n", nil)
  engine.end_attempt(Resil::Operation.new, Resil::SUCCESS, 1)
  raise "it was ended"
rescue ArgumentError => e
  raise e.message unless e.message.include?("E_TICKET")
end
check("all mistakes at once") do
  same(2, Resil.check(nil, "kind: Resiliency\nspec: {a: 1, b: 2}\n", nil).lines.size, "lines")
end
check("what the engine knows") do
  engine = Resil::Engine.new(nil, "kind: Resiliency\nspec:\n  policies: {circuitBreakers: {cb: {trip: consecutiveFailures > 0}}}\n" \
                                  "  targets: {apps: {orders: {circuitBreaker: cb}}}\n", nil)
  id, call = engine.endpoint(Resil::APP, "orders", "m"), Resil::Operation.new
  same({ "kind" => "app", "name" => "orders", "method" => "m" }, JSON.parse(engine.endpoint_text(id)), "name")
  engine.begin_attempt(id, 1, call)
  same(Resil::GIVE_UP, engine.end_attempt(call, Resil::FAILURE | Resil::NO_RETRY, 1), "end")
  same(Resil::WHY_NOT_RETRIABLE, call.reason, "reason")
  same(1, engine.transitions(id, Resil::OPEN), "transitions")
  call = Resil::Operation.new
  same([Resil::REJECT, 1], [engine.begin_attempt(id, 2, call), call.may_wait], "rejection")
  same([1, 0, true], [Resil.failed(Resil.http(503)), Resil.failed(Resil::SUCCESS), Resil.failed(7) < 0], "failed")
  same([120_000_000_000, -1], [Resil.retry_after("120", 0), Resil.retry_after("3600.5", 0)], "Retry-After")
  same(%w[held unknown], [Resil.name(Resil::WHY_HELD), Resil.name(9999)], "names")
  raise "the clock stands" unless Resil.now.positive?
end
check("objects go in any order") do
  1000.times do
    Resil::Engine.new(nil, "kind: Resiliency\nspec: {}\n", nil).snapshot(1)
    [Resil::Events.new, Resil::Operation.new]
  end
  GC.start
end

puts "ruby: #{$passed} passed, #{$failed} failed"
exit($failed.zero?)
