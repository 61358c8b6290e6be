// Any bytes as a policy text: loaded whole or refused with an error, strictly and leniently; and what loads also
// resolves.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/document/loader.h"

namespace {

void check(std::string_view text, bool lenient) {
  resil::LoadOptions options;
  options.lenient = lenient;
  options.app_id = "checkout";
  const resil::LoadResult result = resil::load_text(options, text);
  bool failed = false;
  for (const resil::Diagnostic& diagnostic : result.diagnostics) {
    if (diagnostic.message.empty() || diagnostic.text().empty()) std::abort();
    failed = failed || diagnostic.error;
  }
  if (failed == result.policies.has_value()) std::abort();
  if (!result.policies) return;
  for (const auto& app : result.policies->apps) {
    const resil::Policy policy = result.policies->resolve(resil::TargetKind::App, app.first, "method");
    if (policy.timeout < 0) std::abort();
    if (policy.breaker) (void)policy.breaker->trip.trips({5, 0, 5, 0, 5, 5});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text, false);
  check(text, true);
  return 0;
}
