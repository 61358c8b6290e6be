// The kind: Configuration that may switch the policies off.
#include <gtest/gtest.h>

#include "support/loading.h"

namespace resil {
namespace {

using Texts = std::vector<std::string>;

class LoaderSwitch : public ::testing::Test {
 protected:
  LoadResult load(const std::string& configuration, bool lenient = false) {
    LoadOptions options;
    options.lenient = lenient;
    options.config_path = folder_.write("config.yaml", configuration);
    return load_text(options, document("  policies: {}\n"));
  }
  std::string at(const std::string& rest) const { return folder_.path("config.yaml") + rest; }
  TemporaryFolder folder_;
};

const std::string kHead = "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\n";

TEST_F(LoaderSwitch, EnabledIsOnWithoutAWord) {
  const LoadResult on = load(kHead +
                             "spec:\n  tracing: {samplingRate: \"1\"}\n  features:\n    - {name: Other, enabled: "
                             "false}\n    - {name: Resiliency, enabled: true}\n");
  EXPECT_EQ(errors(on), Texts{});
  EXPECT_EQ(warnings(on), Texts{});
  EXPECT_TRUE(on.policies->enabled);
}

TEST_F(LoaderSwitch, OnlyEnabledFalseSwitchesOff) {
  const LoadResult off = load(kHead + "spec: {features: [{name: Resiliency, enabled: false}]}\n");
  ASSERT_TRUE(off.policies);
  EXPECT_FALSE(off.policies->enabled);
  EXPECT_EQ(warnings(off), Texts{at(":4:47: the feature Resiliency is disabled here, so every call passes through")});
}

TEST_F(LoaderSwitch, AConfigurationThatDoesNotMentionTheFeatureLeavesItOnAndSaysSo) {
  for (const std::string spec :
       {"spec: {tracing: {samplingRate: \"1\"}}\n", "spec: {features: [{name: Resiliency}]}\n",
        "spec: {features: [{name: Resiliency, enabled: }]}\n",
        "spec: {features: [{name: Resiliency, enabled: \"\"}]}\n",
        "spec: {features: [{name: Other, enabled: false}]}\n", "spec: {features: []}\n", "spec: {}\n", ""}) {
    const LoadResult on = load(kHead + spec);
    ASSERT_TRUE(on.policies) << spec;
    EXPECT_TRUE(on.policies->enabled) << spec;
    EXPECT_EQ(warnings(on),
              Texts{at(": the feature Resiliency is not mentioned here, so it is on; to disable it, write features: "
                       "[{name: Resiliency, enabled: false}] under spec")})
        << spec;
  }
}

TEST_F(LoaderSwitch, TheLastWordCounts) {
  const std::string yes = "{name: Resiliency, enabled: true}", no = "{name: Resiliency, enabled: false}";
  const LoadResult off = load(kHead + "spec:\n  features:\n    - " + yes + "\n    - " + no + "\n");
  EXPECT_FALSE(off.policies->enabled);
  EXPECT_EQ(warnings(off)[0], at(":7:35: Resiliency is disabled here, which overrides line 6"));
  const LoadResult on = load(kHead + "spec:\n  features:\n    - " + no + "\n    - " + yes + "\n");
  EXPECT_TRUE(on.policies->enabled);
  EXPECT_EQ(warnings(on), Texts{at(":7:35: Resiliency is enabled here, which overrides line 6")});
  EXPECT_FALSE(load(kHead + "spec: {features: [" + yes + "]}\n---\n" + kHead + "spec: {features: [" + no + "]}\n")
                   .policies->enabled);
  EXPECT_TRUE(load(kHead + "spec: {features: [" + no + "]}\n---\n" + kHead + "spec: {features: [" + yes + "]}\n")
                  .policies->enabled);
}

TEST_F(LoaderSwitch, AFieldInAnotherCaseIsRefusedOrApplied) {
  const std::string other = kHead + "Spec: {Features: [{Name: Resiliency, ENABLED: false}]}\n";
  EXPECT_EQ(errors(load(other)).front(), at(":4:1: unknown field 'Spec'; did you mean 'spec'?"));
  const LoadResult lenient = load(other, true);
  ASSERT_TRUE(lenient.policies);
  EXPECT_FALSE(lenient.policies->enabled);
  EXPECT_EQ(warnings(lenient).front(), at(":4:1: unknown field 'Spec'; did you mean 'spec'? (it is applied)"));
}

TEST_F(LoaderSwitch, Mistakes) {
  EXPECT_EQ(errors(load("kind: Configuration\nspec: {features: [{name: Resiliency, enabled: yes}]}\n")),
            Texts{at(":2:47: enabled must be true or false")});
  EXPECT_EQ(errors(load("kind: Configuration\nspec: {features: {Resiliency: true}}\n")),
            Texts{at(":2:18: features must be a list; write [{name: Resiliency, enabled: true}]")});
  EXPECT_EQ(errors(load("kind: Configuration\nspec: {features: [{name: Resilience, enabled: true}]}\n")),
            Texts{at(":2:26: unknown feature 'Resilience'; did you mean 'Resiliency'?")});
  EXPECT_EQ(
      errors(load("kind: Component\n")),
      Texts{
          at(": no kind: Configuration document in here; name a file that has one, or none to leave the feature on")});
  LoadOptions options;
  options.config_path = folder_.path("config.yaml");
  EXPECT_EQ(errors(load_text(options, document("  policies: {timeouts: {t: x}}\n"))).size(), 2u)
      << "both sources are told at once";
  options.config_path = folder_.path("nosuch.yaml");
  EXPECT_EQ(only_error(document("  policies: {}\n"), options),
            folder_.path("nosuch.yaml") + ": there is no such file or folder");
}

TEST_F(LoaderSwitch, SayingItTwiceAlikeIsNoOverride) {
  const std::string yes = "{name: Resiliency, enabled: true}";
  const LoadResult on = load(kHead + "spec:\n  features:\n    - " + yes + "\n    - " + yes + "\n");
  EXPECT_EQ(errors(on), Texts{});
  EXPECT_EQ(warnings(on), Texts{});
}

TEST_F(LoaderSwitch, AFeatureMustBeAMapping) {
  for (const char* feature : {"Resiliency", "[Resiliency]"}) {
    const Texts said = errors(load(kHead + "spec: {features: [" + feature + "]}\n"));
    ASSERT_EQ(said.size(), 1u) << feature;
    EXPECT_NE(said[0].find("a feature must be a mapping of fields (name: value), this is "), std::string::npos);
    EXPECT_TRUE(said[0].ends_with("; write {name: Resiliency, enabled: true}")) << said[0];
  }
}

// Other documents of the same file are none of its business, policies in them or not.
TEST_F(LoaderSwitch, OtherKindsBesideItSayNothing) {
  const LoadResult on = load("kind: Deployment\nspec: {policies: {retries: {r: {}}}}\n---\n" +
                             document("  policies: {retries: {r: {}}}\n") + "---\n" + kHead +
                             "spec: {features: [{name: Resiliency, enabled: true}]}\n");
  EXPECT_EQ(errors(on), Texts{});
  EXPECT_EQ(warnings(on), Texts{});
}

// What is missing in a folder is missing in the folder, not in its last file.
TEST_F(LoaderSwitch, AFolderWithoutAConfigurationIsNamed) {
  folder_.write("configs/a.yaml", "kind: Component\n");
  folder_.write("configs/b.yaml", "kind: Component\n");
  LoadOptions options;
  options.config_path = folder_.path("configs");
  const Texts said = errors(load_text(options, document("  policies: {}\n")));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].rfind(options.config_path + ": no kind: Configuration document", 0), 0u) << said[0];
}

}  // namespace
}  // namespace resil
