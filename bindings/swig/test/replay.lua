-- Replays tests/conformance through the Lua that SWIG made of resil.i, and tries what vectors do not say.
-- usage: LUA_CPATH=FOLDER_OF_resil.so/?.so lua replay.lua CONFORMANCE_FOLDER
local json = require "dkjson"
local resil = require "resil"

local passed, failed = 0, 0
local STATES = { [0] = "closed", "open", "half-open" }
local KINDS = {
  app = resil.APP, actor = resil.ACTOR, inbound = resil.COMPONENT_IN, outbound = resil.COMPONENT_OUT
}
local REASONS = { ["breaker-open"] = "open", ["breaker-half-open-full"] = "too_many_requests" } -- others have one name
local VERDICTS = { done = resil.DONE, retry = resil.RETRY, fail = resil.GIVE_UP }
local OUTCOMES = { success = resil.SUCCESS, failure = resil.FAILURE, timeout = resil.TIMEOUT, cancelled = resil.CANCELLED }

local function check(name, body)
  local ok, message = pcall(body)
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
    print("FAILED " .. name .. ": " .. tostring(message))
  end
end

local function same(expected, actual, where)
  if expected ~= actual then
    error(("%s: expected %s, got %s"):format(where, tostring(expected), tostring(actual)), 2)
  end
end

local function options(app_id)
  local made = resil.Options()
  if app_id then made.app_id = app_id end
  made.jitter_seed = 7
  return made
end

local steps = {}

local function endpoint(run, target)
  local kind = KINDS[target.direction or target.kind]
  return run.engine:endpoint(kind, target.name, target.type or target.id or target.method)
end

local function reason_of(call)
  local name = resil.name(call:reason())
  return REASONS[name] or name
end

-- A trace may say between which two a number is.
local function within(range, got, where)
  assert(range == nil or (got >= range[1] and got <= range[2]), where .. ": " .. got .. " is out of range")
end

function steps.begin(run, step, expect, where)
  run.calls[step.call] = run.calls[step.call] or resil.Operation()
  local call = run.calls[step.call]
  if step.deadline_ns then call:set_deadline_ns(step.deadline_ns) end
  local decision = run.engine:begin_attempt(endpoint(run, step.target), step.at, call)
  same(expect.decision == "allow" and resil.ALLOW or resil.REJECT, decision, where)
  if decision == resil.ALLOW then
    same(step.attempt, call:attempt(), where)
    same(expect.timeout_ns, call:timeout_ns(), where)
  else
    same(expect.reason, reason_of(call), where)
    within(expect.wait_ns, call:delay_ns(), where)
  end
end

steps["end"] = function(run, step, expect, where)
  local call = run.calls[step.call]
  local outcome = step.http_status and resil.http(step.http_status) or step.grpc_status and resil.grpc(step.grpc_status)
    or OUTCOMES[step.outcome]
  call:set_delay_ns(step.hint_ns or 0)
  local verdict = run.engine:end_attempt(call, outcome, step.at)
  same(VERDICTS[expect.verdict], verdict, where)
  if verdict == resil.RETRY then within(expect.delay_ns, call:delay_ns(), where) end
  if verdict == resil.GIVE_UP and expect.reason then same(expect.reason, reason_of(call), where) end
end

function steps.inspect(run, step, expect, where)
  local id = endpoint(run, step.target)
  for _, entry in ipairs(json.decode(run.engine:snapshot(step.at)).endpoints) do
    if entry.endpoint == id then
      same(expect.state, entry.breaker.state, where)
      for name, count in pairs(expect.counts) do same(count, entry.breaker.counts[name], where .. ": " .. name) end
    end
  end
  same(expect.state, STATES[run.engine:state(id, step.at)], where)
end

local function operations(line)
  local run = { engine = resil.Engine(options(line.app_id), line.spec, nil), calls = {} }
  local reader, seen = resil.Events(), {}
  for i, step in ipairs(line.steps) do
    steps[step.op](run, step, step.expect, "step " .. i .. " " .. step.op)
    while reader:next(run.engine) == 1 do
      if reader:kind() == resil.EVENT_BREAKER then
        local name = reader:text(run.engine):match('^Circuit breaker "(.*)" changed state from ')
        seen[#seen + 1] = table.concat({ reader:time_ns(), name, STATES[reader:before()], STATES[reader:after()] }, " ")
      end
    end
  end
  same(#line.expect_transitions, #seen, "transitions")
  for i, t in ipairs(line.expect_transitions) do
    same(table.concat({ t.at, t.breaker, t.from, t.to }, " "), seen[i], "transition " .. i)
  end
end

local function cel(line)
  local rule = ("(%s) == (%s)"):format(line.expr, line.error and line.expr or line.equals):gsub("'", "''")
  local ok, engine = pcall(resil.Engine, options(),
    "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: cel}\nspec:\n"
    .. "  policies: {circuitBreakers: {cb: {maxRequests: 1, timeout: 5s, trip: '" .. rule .. "'}}}\n"
    .. "  targets: {apps: {orders: {circuitBreaker: cb}}}\n", nil)
  if not ok then
    assert(line.error, engine)
    return
  end
  local id, call = engine:endpoint(resil.APP, "orders", nil), resil.Operation()
  engine:begin_attempt(id, 1, call)
  engine:end_attempt(call, resil.FAILURE, 2)
  same(line.error and resil.CLOSED or resil.OPEN, engine:state(id, 2), rule)
end

local function refused(part, ...)
  local ok, message = pcall(...)
  assert(not ok, "it went through")
  assert(tostring(message):find(part, 1, true), message)
end

for _, file in ipairs { "/operations.jsonl", "/operations-2.jsonl", "/extension.jsonl" } do
  for text in io.lines(arg[1] .. file) do
    local line = json.decode(text)
    check(line.name, function() operations(line) end)
  end
end
for text in io.lines(arg[1] .. "/cel.jsonl") do
  local line = json.decode(text)
  check(line.file .. "/" .. line.name, function() cel(line) end)
end

local function empty() return resil.Engine(nil, "kind: Resiliency\nspec: {}\n", nil) end
check("abi", function() same(resil.built_for(), resil.abi(), "the library's ABI") end)
check("a bad document is refused with the place and the remedy", function()
  refused("polices", resil.Engine, nil, "kind: Resiliency\nspec: {polices: {}}\n", nil)
end)
check("a NUL byte does not cut a document short", function()
  refused("", resil.Engine, nil, "kind: Resiliency\n\0spec: nonsense", nil)
end)
check("ending what was not begun", function()
  local engine = empty()
  refused("E_TICKET", engine.end_attempt, engine, resil.Operation(), resil.SUCCESS, 1)
end)
check("64 bits arrive whole", function()
  local engine, call = empty(), resil.Operation()
  call:set_delay_ns(0x7ffffffffffffffd)
  same(0x7ffffffffffffffd, call:delay_ns(), "delay")
  same(math.mininteger, resil.no_time(), "no time")
  same("integer", math.type(resil.now()), "now")
  same("integer", math.type(engine:endpoint(resil.APP, "a", nil)), "endpoint")
  same(resil.ALLOW, engine:begin_attempt(engine:endpoint(resil.APP, "a", nil), resil.no_time(), call), "begin")
end)
check("what the engine knows", function()
  local engine = resil.Engine(nil, "kind: Resiliency\nspec:\n  policies: {circuitBreakers: {cb: {trip: consecutiveFailures > 0}}}\n"
    .. "  targets: {apps: {orders: {circuitBreaker: cb}}}\n", nil)
  local id, call = engine:endpoint(resil.APP, "orders", "m"), resil.Operation()
  same("orders", json.decode(engine:endpoint_text(id)).name, "name")
  engine:begin_attempt(id, 1, call)
  same(resil.GIVE_UP, engine:end_attempt(call, resil.FAILURE | resil.NO_RETRY, 1), "end")
  same(resil.WHY_NOT_RETRIABLE, call:reason(), "reason")
  same(1, engine:transitions(id, resil.OPEN), "transitions")
  call = resil.Operation()
  same(resil.REJECT, engine:begin_attempt(id, 2, call), "begin")
  same(1, call:may_wait(), "may wait")
  same(1, resil.failed(resil.http(503)), "failed")
  same(120000000000, resil.retry_after("120", 0), "Retry-After")
  same(-1, resil.retry_after("3600.5", 0), "Retry-After")
  same("held", resil.name(resil.WHY_HELD), "name")
end)
check("objects go in any order", function()
  for _ = 1, 1000 do assert(empty():snapshot(1) and resil.Events() and resil.Operation()) end
  collectgarbage()
end)

print(("lua: %d passed, %d failed"):format(passed, failed))
os.exit(failed == 0)
