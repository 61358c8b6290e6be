// A C++ host that links libresil.a and has C++ of its own: exceptions, streams, locales, and a namespace YAML with
// names that yaml-cpp defines too. Nothing of the two may meet.
#include <resil.h>

#include <iostream>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <string>

namespace YAML {
// yaml-cpp has a global function template of this namespace and these class names; calling into the wrong ones shows.
class Parser {
 public:
  Parser();
  ~Parser();
};
class Exception : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~Exception() override;
};
int hijacked = 0;
__attribute__((noinline)) Parser::Parser() { ++hijacked; }
__attribute__((noinline)) Parser::~Parser() { ++hijacked; }
Exception::~Exception() = default;
}  // namespace YAML

int main() {
  resil_error error{};
  for (int i = 0; i < 3; ++i) {
    if (resil_open(nullptr, "kind: [Resiliency", -1, &error) != nullptr || error.code != RESIL_E_CONFIG) {
      std::cerr << "a broken text was not refused: " << error.message << "\n";
      return 1;
    }
    try {
      throw YAML::Exception("the host's own");
    } catch (const std::exception& e) {
      std::cout << "caught " << e.what() << "; resil said " << error.message << "\n";
    }
  }
  if (YAML::hijacked != 0) {
    std::cerr << "libresil.a called the host's YAML::Parser\n";
    return 1;
  }
  std::istringstream in("3.25");
  in.imbue(std::locale::classic());
  double value = 0;
  in >> value;
  return value == 3.25 ? 0 : 1;
}
