// A folder holds all sorts of files: what is no policy is skipped with a word, what may be one is not.
#include <gtest/gtest.h>

#include "support/loading.h"

namespace resil {
namespace {

using Texts = std::vector<std::string>;

const std::string kPolicy = document("  policies: {timeouts: {t: 1s}}\n  targets: {apps: {a: {timeout: t}}}\n");

class LoaderFolder : public ::testing::Test {
 protected:
  LoadResult with(const std::string& file) {
    folder_.write("a.yaml", kPolicy);
    folder_.write("b.yaml", file);
    return load_path({}, folder_.path());
  }
  TemporaryFolder folder_;
};

const std::vector<std::pair<std::string, std::string>> kForeign = {
    {"a compose file with anchors", "x-base: &base {image: web}\nservices:\n  web:\n    <<: *base\n"},
    {"a CloudFormation file", "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {Name: !Ref Name}\n"},
    {"a CloudFormation file, !Sub", "Outputs:\n  Arn: !Sub '${Queue.Arn}'\n"},
    {"Helm values", "image: {{ .Values.image }}\nreplicas: {{ .Values.replicas }}\n"},
    {"Helm values with targets", "targets:\n  - {{ .Values.host }}\n"},
    {"a Helm helper", "{{- define \"name\" -}}\n{{ .Chart.Name }}\n{{- end -}}\n"},
    {"Jinja", "{% for app in apps %}\n- {{ app }}\n{% endfor %}\n"},
    {"no YAML at all", "<html>\n\t<body>: {[\n"},
    {"not UTF-8", "name: caf\xE9\n"},
    {"a second document of a stream", "a: 1\nb: 2\na: 3\n"},
};

TEST_F(LoaderFolder, WhatIsNoPolicyIsSkippedWithAWarning) {
  for (const auto& [name, file] : kForeign) {
    const LoadResult result = with(file);
    EXPECT_EQ(errors(result), Texts{}) << name;
    const Texts texts = all_warnings(result);
    ASSERT_EQ(texts.size(), 1u) << name;
    EXPECT_NE(texts[0].find("b.yaml:"), std::string::npos) << texts[0];
    EXPECT_NE(texts[0].find("this document has no kind and is not read; it is skipped ("), std::string::npos)
        << texts[0];
    ASSERT_TRUE(result.policies) << name;
    EXPECT_TRUE(result.policies->apps.contains("a")) << name;
  }
}

TEST_F(LoaderFolder, TheSameFileByItselfIsRefused) {
  for (const auto& [name, file] : kForeign) {
    EXPECT_FALSE(load_path({}, folder_.write("alone.yaml", file)).policies) << name;
    EXPECT_FALSE(load_text({}, file).policies) << name;
  }
}

TEST_F(LoaderFolder, APolicyWithoutItsKindIsAnErrorEvenIfItCannotBeRead) {
  for (const std::string file :
       {"spec:\n  policies:\n    timeouts: {t: &x 5s}\n", "policies:\n  retries: {r: {maxRetries: {{ .n }}}}\n",
        "spec: {targets: {apps: {a: {retry: !x r}}}}\n", "{\"spec\": {\"policies\": {\"circuitBreakers\": &a {}}}}\n",
        "kind: Resiliency\nspec: {policies: {timeouts: {t: {{ .Values.t }}}}}\n", "kind: Resilience\nspec: &a {}\n"}) {
    EXPECT_EQ(errors(with(file)).size(), 1u) << file;
  }
  for (const std::string file :
       {"spec: {policies: {}}\n", "spec: {targets: {apps: {}}}\n", "policies: {retries: {r: {}}}\n",
        "Spec: {Policies: {Retries: {r: {}}}}\n", "kind: \nspec: {policies: {}}\n"}) {
    const LoadResult result = with(file);
    ASSERT_EQ(errors(result).size(), 1u) << file;
    EXPECT_NE(errors(result)[0].find("the document has no kind; write kind: Resiliency"), std::string::npos);
  }
}

TEST_F(LoaderFolder, OtherKindsAreSkippedInSilenceAndPoliciesUnderThemAreNot) {
  for (const std::string file :
       {"kind: Component\nspec: &x {a: *x}\n", "kind: List\nitems: []\n",
        "kind: ConfigMapList\nitems: [{kind: ConfigMap}]\n",
        "kind: HorizontalPodAutoscaler\nspec: {behavior: {scaleUp: {policies: []}}}\n", "{\"kind\": \"Secret\"}\n"}) {
    const LoadResult result = with(file);
    EXPECT_EQ(errors(result), Texts{}) << file;
    EXPECT_EQ(all_warnings(result), Texts{}) << file;
  }
  const std::string spec = "spec: {policies: {retries: {r: {}}}}\n";
  EXPECT_NE(errors(with("apiVersion: dapr.io/v1alpha1\nkind: Configuration\n" + spec))[0].find(
                "b.yaml:2:7: this kind: Configuration holds policies; write them in a document of kind: Resiliency"),
            std::string::npos);
  EXPECT_NE(errors(with("kind: List\nitems:\n  - kind: Resiliency\n"))[0].find(
                "b.yaml:1:7: a kind: List is not read; write each of its items as a document of its own"),
            std::string::npos);
  const LoadResult theirs = with("apiVersion: example.com/v1\nkind: TrafficPolicy\n" + spec);
  EXPECT_EQ(errors(theirs), Texts{}) << "another vendor's kind is skipped, though not in silence";
  EXPECT_EQ(all_warnings(theirs).size(), 1u);
}

TEST_F(LoaderFolder, AFolderWithoutAPolicySaysHowToMeanIt) {
  folder_.write("a.yaml", "\nkind: Component\n");
  EXPECT_EQ(errors(load_path({}, folder_.path())),
            Texts{folder_.path() + ": there is no kind: Resiliency document in here (" + folder_.path("a.yaml") +
                  ", line 2 says kind: Component); if no policies are meant, write one with spec: {}"});
  folder_.write("b.yaml", "kind: Resiliency\nspec: {}\n");
  EXPECT_EQ(errors(load_path({}, folder_.path())), Texts{});
}

// A text that cannot be read, and has no kind: an error where it may be a policy, else a warning. What makes it look
// like one is a key of its own at the margin, and below it one of the sections.
TEST_F(LoaderFolder, WhatLooksLikeAPolicy) {
  const std::string broken = "    t: &x 5s\n";
  for (const auto& [file, policy] : std::vector<std::pair<std::string, bool>>{
           {"policies:\n  timeouts:\n" + broken, true},
           {"spec:\n  policies:\n    timeouts:\n" + broken, true},
           {"Spec:\n  Policies:\n    CircuitBreakers:\n" + broken, true},
           {"policies:\n  'retries':\n" + broken, true},
           {"targets:\n  components:\n" + broken, true},
           {"{spec: {targets: {actors: &x {}}}}\n", true},
           {"more:\n  policies:\n    timeouts:\n" + broken, false},  // neither at the margin
           {"policies:\n  mytimeouts:\n" + broken, false},           // a part of another word
           {"mypolicies:\n  timeouts:\n" + broken, false},
           {"policies\n  timeouts:\n" + broken, false},  // no key
           {"policies:\n  apps:\n" + broken, false},     // a section of the other
           {"targets:\n  timeouts:\n" + broken, false},
           {"policies:\n" + broken, false},
           {"targets:\n" + broken, false}}) {
    EXPECT_EQ(errors(with(file)).size(), policy ? 1u : 0u) << file;
  }
}

TEST_F(LoaderFolder, TheLineThatSaysTheKind) {
  for (const auto& [file, foreign] :
       std::vector<std::pair<std::string, bool>>{{"kind: Component\nspec: {a: *b}\n", true},
                                                 {"KIND: Component\nspec: {a: *b}\n", true},
                                                 {"kind: 'Component'\nspec: {a: *b}\n", true},
                                                 {"kinds: Component\nspec: {a: *b}\n", false},
                                                 {"  kind: Component\n  spec: {a: *b}\n", false}}) {
    const Texts said = all_warnings(with(file));
    EXPECT_EQ(errors(with(file)), Texts{}) << file;
    EXPECT_EQ(said.size(), foreign ? 0u : 1u) << file << "without a kind it is skipped with a warning";
  }
}

// A document that was read and has no kind: what makes it a policy is a section with a field of its own.
TEST_F(LoaderFolder, WhatWasReadAndHasNoKind) {
  for (const auto& [file, policy] : std::vector<std::pair<std::string, bool>>{{"spec: {policies: {}}\n", true},
                                                                              {"spec: {policies: }\n", true},
                                                                              {"spec: {targets: }\n", true},
                                                                              {"policies: {retries: {}}\n", true},
                                                                              {"targets: {apps: {}}\n", true},
                                                                              {"spec: {policies: 5}\n", false},
                                                                              {"policies: {other: {}}\n", false},
                                                                              {"targets: {}\n", false},
                                                                              {"spec: {replicas: 3}\n", false}}) {
    EXPECT_EQ(errors(with(file)).size(), policy ? 1u : 0u) << file;
    EXPECT_EQ(all_warnings(with(file)).size(), policy ? 0u : 1u) << file;
  }
}

TEST_F(LoaderFolder, AListIsToldToBeWrittenOut) {
  for (const std::string file : {"kind: ResiliencyList\nitems: []\n", "kind: List\nitems: [{kind: Resiliency}]\n"}) {
    const Texts said = errors(with(file));
    ASSERT_EQ(said.size(), 1u) << file;
    EXPECT_NE(said[0].find("is not read; write each of its items as a document of its own"), std::string::npos);
  }
  EXPECT_EQ(errors(with("kind: List\nitems: [{kind: Deployment}]\n")), Texts{});
}

// A kind that only the parser finds, as in JSON, is looked at like one on a line of its own.
TEST_F(LoaderFolder, PoliciesUnderAnotherKindInJson) {
  const Texts said =
      errors(with(R"({"apiVersion": "dapr.io/v1alpha1", "kind": "Policy", "spec": {"policies": {"retries": {}}}})"));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_NE(said[0].find("this kind: Policy holds policies; write them in a document of kind: Resiliency"),
            std::string::npos);
  EXPECT_EQ(errors(with(R"({"kind": "Deployment", "spec": {"replicas": 3}})")), Texts{});
}

TEST_F(LoaderFolder, MistakesOfTwoFilesStandInTheOrderOfTheFiles) {
  folder_.write("a.yaml", document("  policies:\n\n\n\n    nope: {}\n"));
  folder_.write("b.yaml", document("  nope: {}\n"));
  const Texts said = errors(load_path({}, folder_.path()));
  ASSERT_EQ(said.size(), 2u);
  EXPECT_NE(said[0].find("a.yaml:8:"), std::string::npos) << said[0];
  EXPECT_NE(said[1].find("b.yaml:4:"), std::string::npos) << said[1];
}

}  // namespace
}  // namespace resil
