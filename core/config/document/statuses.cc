#include "config/document/statuses.h"

#include <string>
#include <string_view>

#include "config/text/status_range.h"

namespace resil {
namespace {

void read_statuses(const YamlNode& mapping, std::string_view field, const StatusBounds& bounds, StatusSet& out,
                   Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find(field);
  if (node == nullptr) return;
  const StatusResult parsed = parse_statuses(node->text, bounds);
  if (parsed.value)
    out = *parsed.value;
  else
    diagnostics.error(*node, std::string(field) + ": " + parsed.problem);
}

}  // namespace

void read_matching(const YamlNode& mapping, StatusSet& http, StatusSet& grpc, Diagnostics& diagnostics) {
  const YamlNode* matching = mapping.find("matching");
  if (matching == nullptr) return;
  read_statuses(*matching, "httpStatusCodes", kHttpStatuses, http, diagnostics);
  read_statuses(*matching, "gRPCStatusCodes", kGrpcStatuses, grpc, diagnostics);
}

}  // namespace resil
