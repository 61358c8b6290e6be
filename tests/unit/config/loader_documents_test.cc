// Which documents count: kinds, scopes, several together.
#include <gtest/gtest.h>

#include "support/loading.h"

namespace resil {
namespace {

std::string named(const std::string& name, const std::string& timeout, const std::string& head = "") {
  return "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: " + name + "\n" + head +
         "spec:\n  policies:\n    timeouts: {" + timeout + "}\n";
}

LoadOptions as(const std::string& app) {
  LoadOptions options;
  options.app_id = app;
  return options;
}

using Texts = std::vector<std::string>;

TEST(LoaderDocuments, SeveralMergeAndTheLaterNameWins) {
  const LoadResult result = load_text({}, named("one", "a: 1s, b: 2s") + "---\n" + named("two", "b: 3s, c: 4s"));
  EXPECT_EQ(errors(result), Texts{});
  EXPECT_EQ(warnings(result), Texts{"15:16: timeout 'b' overrides the one of line 7"});
  ASSERT_TRUE(result.policies);
  EXPECT_EQ(result.policies->timeouts.at("a"), kSecond);
  EXPECT_EQ(result.policies->timeouts.at("b"), 3 * kSecond);
  EXPECT_EQ(result.policies->timeouts.at("c"), 4 * kSecond);
}

TEST(LoaderDocuments, TheLaterOfTwoBreakersAndRetriesCountsAlone) {
  const std::string target = "  targets: {apps: {a: {circuitBreaker: cb, retry: r}}}\n";
  const LoadResult result = load_text(
      {}, document("  policies:\n    circuitBreakers: {cb: {maxRequests: 5, interval: 9s, trip: totalFailures > 3}}\n"
                   "    retries: {r: {maxRetries: 5, duration: 9s}}\n") +
              "---\n" +
              document("  policies:\n    circuitBreakers: {cb: {timeout: 7s}}\n    retries: {r: {maxRetries: 2}}\n" +
                       target));
  EXPECT_EQ(warnings(result), (Texts{"12:23: circuit breaker 'cb' overrides the one of line 5",
                                     "13:15: retry policy 'r' overrides the one of line 6"}));
  const BreakerSettings& cb = *result.policies->apps.at("a").breaker;
  EXPECT_EQ(cb.timeout, 7 * kSecond);
  EXPECT_EQ(cb.max_requests, 1u);
  EXPECT_EQ(cb.interval, 0);
  EXPECT_EQ(cb.trip, TripRule());
  EXPECT_EQ(result.policies->apps.at("a").retry->max_retries, 2);
  EXPECT_EQ(result.policies->apps.at("a").retry->backoff.duration, 5 * kSecond);
}

TEST(LoaderDocuments, TargetsUsePoliciesOfAnyDocument) {
  const std::string targets = document("  targets:\n    apps:\n      x: {timeout: late}\n");
  const PolicySet set = loaded(targets + "---\n" + named("two", "late: 3s"));
  EXPECT_EQ(set.apps.at("x").timeout, 3 * kSecond);
}

TEST(LoaderDocuments, AnUnreadableDocumentIsTheOnlyMistake) {
  const std::string targets = document("  targets:\n    apps:\n      x: {timeout: late}\n");
  EXPECT_EQ(only_error(targets + "---\nkind: Resiliency\nspec: {policies: {timeouts: {late: &a 3s}}}\n").substr(0, 19),
            "9:36: anchors (&nam");
  EXPECT_EQ(
      only_error(targets + "---\n" + "kind: Resilience\nspec: {policies: {timeouts: {late: 3s}}}\n").substr(0, 17),
      "8:7: unknown kind");
}

TEST(LoaderDocuments, ALaterTargetReplacesTheWholeEntry) {
  const std::string policies = "  policies:\n    timeouts: {t: 1s}\n    retries: {r: {}}\n";
  const LoadResult result = load_text(
      {},
      document(policies + "  targets:\n    apps:\n      x: {timeout: t, retry: r}\n    components:\n      "
                          "c: {inbound: {retry: r}}\n") +
          "---\n" +
          document("  targets:\n    apps:\n      x: {timeout: t}\n    components:\n      c: {outbound: {retry: r}}\n"));
  EXPECT_EQ(warnings(result),
            (Texts{"18:7: app 'x' overrides the one of line 9", "20:7: component 'c' overrides the one of line 11"}));
  ASSERT_TRUE(result.policies);
  EXPECT_FALSE(result.policies->apps.at("x").retry);
  EXPECT_FALSE(result.policies->inbound.at("c").retry);
  EXPECT_TRUE(result.policies->outbound.at("c").retry);
}

TEST(LoaderDocuments, ScopesSkipWithAWordWhy) {
  const std::string yaml = named("mine", "a: 1s", "scopes: [checkout, cart]\n");
  EXPECT_EQ(loaded(yaml, as("checkout")).timeouts.size(), 1u);
  EXPECT_EQ(loaded(yaml, as("cart")).timeouts.size(), 1u);
  const LoadResult anyone = load_text({}, yaml);
  EXPECT_EQ(warnings(anyone),
            Texts{"5:9: resiliency 'mine' is for 'checkout and cart', but the engine has no app id, so it "
                  "applies; give the engine its app id"});
  ASSERT_TRUE(anyone.policies);
  EXPECT_EQ(anyone.policies->timeouts.size(), 1u) << "without an app id every document applies";
  EXPECT_EQ(loaded(named("mine", "a: 1s", "scopes: []\n"), as("other")).timeouts.size(), 1u);
  EXPECT_EQ(loaded(named("mine", "a: 1s", "scopes:\n"), as("other")).timeouts.size(), 1u);

  const LoadResult other = load_text(as("other"), yaml);
  EXPECT_EQ(errors(other), Texts{});
  EXPECT_EQ(warnings(other),
            Texts{"5:9: resiliency 'mine' is skipped: it is for 'checkout and cart', not for 'other'"});
  ASSERT_TRUE(other.policies);
  EXPECT_TRUE(other.policies->timeouts.empty());
}

TEST(LoaderDocuments, ASkippedDocumentIsNotChecked) {
  EXPECT_TRUE(load_text(as("other"), named("mine", "a: never", "scopes: [checkout]\n")).policies);
  EXPECT_FALSE(load_text(as("checkout"), named("mine", "a: never", "scopes: [checkout]\n")).policies);
}

TEST(LoaderDocuments, ScopesMustBeAList) {
  EXPECT_EQ(only_error(named("m", "a: 1s", "scopes: checkout\n"), as("x")),
            "5:9: scopes must be a list of app ids; write it like [checkout]");
  EXPECT_EQ(only_error(named("m", "a: 1s", "scopes: [[a]]\n"), as("x")),
            "5:10: an app id in scopes must be a single value, this is a list; write one value");
}

TEST(LoaderDocuments, OtherKindsAreSkippedWhateverIsInThem) {
  const std::string other = "kind: Component\nmetadata: &anchor {name: !secret x}\nspec: *anchor\nspec: [\n";
  EXPECT_EQ(loaded(other + "---\n" + named("m", "a: 1s") + "---\n" + other).timeouts.size(), 1u);
  EXPECT_EQ(loaded("{\"kind\": \"Component\"}\n---\n" + named("m", "a: 1s")).timeouts.size(), 1u);
}

TEST(LoaderDocuments, JsonIsYaml) {
  const PolicySet set = loaded(
      R"({"apiVersion": "dapr.io/v1alpha1", "kind": "Resiliency", "spec": {"policies": {"timeouts": {"t": "5s"}}}})");
  EXPECT_EQ(set.timeouts.at("t"), 5 * kSecond);
}

TEST(LoaderDocuments, ATextWithoutAPolicyIsAnError) {
  const std::string nothing =
      "there is no kind: Resiliency document in here; a policy begins with apiVersion: dapr.io/v1alpha1 and kind: "
      "Resiliency";
  for (const std::string text : {"", "\n", "# only a remark\n", "---\n---\n"})
    EXPECT_EQ(only_error(text), nothing) << text;
  EXPECT_EQ(only_error("---\nkind: Component\n---\nkind: Secret\n").substr(0, 86),
            "there is no kind: Resiliency document in here (line 2 says kind: Component); a policy ");
}

TEST(LoaderDocuments, MisspeltHeads) {
  EXPECT_EQ(only_error("kind: Resilency\nspec: {}\n"), "1:7: unknown kind 'Resilency'; did you mean 'Resiliency'?");
  EXPECT_EQ(only_error("kind: resiliency\nspec: {}\n"), "1:7: unknown kind 'resiliency'; did you mean 'Resiliency'?");
  EXPECT_EQ(only_error("spec: {}\n"), "1:1: the document has no kind; write kind: Resiliency");
  EXPECT_EQ(only_error("hello\n"), "1:1: a document must be a mapping of fields that begins with kind: Resiliency");
  EXPECT_EQ(only_error("kind: Resiliency\napiVersion: dapr.io/v1\nspec: {}\n"),
            "2:13: unknown apiVersion 'dapr.io/v1'; write dapr.io/v1alpha1");
  EXPECT_EQ(only_error("kind: Resiliency\nspecs: {}\n").substr(0, 70),
            "2:1: unknown field 'specs' in the document; did you mean 'spec'?");
  EXPECT_EQ(only_error("kind: Resiliency\nspec: 5\n"),
            "2:7: spec must be a mapping of fields (name: value), this is a single value");
  EXPECT_EQ(only_error("kind: Resiliency\nspec: {retries: {}}\n"),
            "2:8: unknown field 'retries' in spec; it belongs under spec.policies");
}

TEST(LoaderDocuments, NoSpecIsWorthAWord) {
  EXPECT_EQ(warnings(load_text({}, "kind: Resiliency\nmetadata: {name: x}\n")),
            Texts{"1:1: resiliency 'x' has no spec: it defines nothing"});
}

TEST(LoaderDocuments, MetadataIsTheirs) {
  loaded(
      "kind: Resiliency\nmetadata: {name: x, namespace: y, labels: {a: b}, annotations: {c: d}, uid: 5}\nspec: {}\n");
}

// Strict does not apply what it refuses: a document is not skipped because of a misspelt field.
TEST(LoaderDocuments, MisspeltScopesSkipNothing) {
  const std::string yaml = "Scopes: [other]\n" + document("  policies: {}\n");
  LoadOptions options;
  options.app_id = "me";
  EXPECT_NE(only_error(yaml, options).find("unknown field 'Scopes'"), std::string::npos);
  options.lenient = true;
  const LoadResult empty = load_text(options, "SCOPES: \n" + document("  policies: {}\n"));
  EXPECT_EQ(errors(empty), std::vector<std::string>{}) << "nothing, in whichever spelling, is no list of nobody";
  EXPECT_TRUE(empty.policies);
}

TEST(LoaderDocuments, ScopesThatAreNoListSayHowToWriteThem) {
  EXPECT_NE(only_error("scopes: me\n" + document("  {}\n")).find("write it like [me]"), std::string::npos);
  EXPECT_NE(only_error("scopes: {a: b}\n" + document("  {}\n")).find("write it like [checkout]"), std::string::npos);
  const LoadResult wrong = load_text({}, "scopes: [[me]]\n" + document("  {}\n"));
  EXPECT_EQ(errors(wrong).size(), 1u);
  EXPECT_EQ(warnings(wrong), std::vector<std::string>{}) << "that it has no entry is nobody's mistake";
}

TEST(LoaderDocuments, ANameOfNothingIsNone) {
  LoadOptions options;
  options.app_id = "me";
  const LoadResult result = load_text(options, "metadata: {name: ''}\nscopes: [other]\n" + document("  {}\n"));
  ASSERT_EQ(warnings(result).size(), 1u);
  EXPECT_NE(warnings(result)[0].find("this document is skipped: it is for 'other', not for 'me'"), std::string::npos)
      << warnings(result)[0];
}

// What another app's document names is used, however its fields are spelled: it was not looked over.
TEST(LoaderDocuments, WhateverASkippedDocumentNamesIsUsed) {
  LoadOptions options;
  options.app_id = "me";
  const std::string mine = document("  policies: {timeouts: {t: 1s}, retries: {r: {}}, circuitBreakers: {b: {}}}\n");
  for (const std::string fields :
       {"timeout: t, retry: r, circuitBreaker: b", "Timeout: t, RETRY: r, circuitbreaker: b"}) {
    for (const std::string spec :
         {"spec: {targets: {apps: {a: {%}}}}", "Spec: {Targets: {Components: {c: {outbound: {%}}}}}"}) {
      std::string other = "---\napiVersion: dapr.io/v1alpha1\nkind: Resiliency\nscopes: [other]\n" + spec + "\n";
      other.replace(other.find('%'), 1, fields);
      const std::vector<std::string> said = all_warnings(load_text(options, mine + other));
      ASSERT_EQ(said.size(), 1u) << other;
      EXPECT_NE(said[0].find("is skipped"), std::string::npos);
    }
  }
}

TEST(LoaderDocuments, ATextThatIsNoYamlIsAnErrorWithoutAKindToo) {
  for (const std::string text : {"a: [\n", "a: *b\n", "<html>\n\t<body>: {[\n"}) {
    const std::vector<std::string> said = errors(load_text({}, text));
    ASSERT_EQ(said.size(), 1u) << text;
    EXPECT_EQ(said[0].find("there is no kind: Resiliency"), std::string::npos) << said[0];
  }
}

}  // namespace
}  // namespace resil
