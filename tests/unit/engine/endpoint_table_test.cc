#include "resil/engine/endpoint_table.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace resil {
namespace {

EndpointId intern(EndpointTable& table, TargetKind kind, std::string_view name, std::string_view instance) {
  const EndpointId id = table.add(kind, name, instance);
  if (id >= 0) table.publish(id);
  return id;
}

TEST(EndpointTable, NumbersEndpointsInOrder) {
  EndpointTable table(10, 2);
  EXPECT_EQ(intern(table, TargetKind::App, "a", "m"), 0);
  EXPECT_EQ(intern(table, TargetKind::App, "a", "n"), 1);
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.lookup(TargetKind::App, "a", "m"), 0);
  EXPECT_EQ(table.lookup(TargetKind::App, "a", "n"), 1);
}

TEST(EndpointTable, KeepsTheName) {
  EndpointTable table(10, 1);
  const EndpointId id = intern(table, TargetKind::Actor, "type", "id-7");
  EXPECT_EQ(table.at(id).name.kind, TargetKind::Actor);
  EXPECT_EQ(table.at(id).name.name(), "type");
  EXPECT_EQ(table.at(id).name.instance(), "id-7");
}

TEST(EndpointTable, KindNameAndInstanceAllTell) {
  EndpointTable table(10, 1);
  std::set<EndpointId> ids;
  for (const TargetKind kind :
       {TargetKind::App, TargetKind::Actor, TargetKind::ComponentIn, TargetKind::ComponentOut}) {
    ids.insert(intern(table, kind, "ab", "c"));
  }
  ids.insert(intern(table, TargetKind::App, "a", "bc"));
  ids.insert(intern(table, TargetKind::App, "abc", ""));
  EXPECT_EQ(ids.size(), 6u);
  EXPECT_EQ(table.lookup(TargetKind::App, "", "abc"), -1);
  EXPECT_EQ(table.lookup(TargetKind::Builtin, "ab", "c"), -1);
  EXPECT_EQ(table.lookup(TargetKind::App, "a", "bc"), 4);
}

// Of so many some meet in the index; what tells two of them apart is one of the three alone.
TEST(EndpointTable, EachOfManyIsFoundThatDiffersInOneThing) {
  static constexpr TargetKind kKinds[] = {TargetKind::App, TargetKind::Actor, TargetKind::ComponentIn,
                                          TargetKind::ComponentOut};
  EndpointTable table(6'000, 1);
  const auto each = [](const auto& visit) {
    for (int i = 0; i < 1'000; ++i) {
      visit(TargetKind::App, "name" + std::to_string(i), std::string("same"));
      visit(TargetKind::App, std::string("same"), "instance" + std::to_string(i));
      for (const TargetKind kind : kKinds) visit(kind, "both" + std::to_string(i), std::string("kinds"));
    }
  };
  each([&](TargetKind kind, const std::string& name, const std::string& instance) {
    intern(table, kind, name, instance);
  });
  EndpointId id = 0;
  each([&](TargetKind kind, const std::string& name, const std::string& instance) {
    EXPECT_EQ(table.lookup(kind, name, instance), id++) << name << " " << instance;
  });
  EXPECT_EQ(table.size(), 6'000u);
}

TEST(EndpointTable, AnyBytesMakeAName) {
  EndpointTable table(10, 1);
  const std::string name("\0\xff\x80\n", 4), longer("\0\xff\x80\n\0", 5);
  const EndpointId id = intern(table, TargetKind::App, name, longer);
  EXPECT_EQ(table.lookup(TargetKind::App, name, longer), id);
  EXPECT_EQ(table.lookup(TargetKind::App, longer, name), -1);
  EXPECT_EQ(table.at(id).name.instance(), longer);
}

TEST(EndpointTable, FindsNothingOutsideItsNumbers) {
  EndpointTable table(10, 1);
  intern(table, TargetKind::App, "a", "m");
  EXPECT_NE(table.find(0), nullptr);
  for (const EndpointId id : {-1, 1, 9, 10, 1'000'000, INT32_MAX, INT32_MIN}) EXPECT_EQ(table.find(id), nullptr) << id;
}

TEST(EndpointTable, ARecordIsNotFoundBeforeItIsPublished) {
  EndpointTable table(10, 1);
  const EndpointId id = table.add(TargetKind::App, "a", "m");
  EXPECT_EQ(table.find(id), nullptr);
  EXPECT_EQ(table.lookup(TargetKind::App, "a", "m"), -1);
  // Adding again before publishing replaces it: whoever failed half-way left nothing.
  EXPECT_EQ(table.add(TargetKind::App, "b", "m"), id);
  table.publish(id);
  EXPECT_EQ(table.lookup(TargetKind::App, "a", "m"), -1);
  EXPECT_EQ(table.lookup(TargetKind::App, "b", "m"), id);
}

TEST(EndpointTable, IsFullAtItsBoundAndNotBefore) {
  for (const std::uint32_t bound : {1U, 2U, 127U, 128U, 129U}) {
    EndpointTable table(bound, 1);
    for (std::uint32_t i = 0; i < bound; ++i) ASSERT_GE(intern(table, TargetKind::App, "a", std::to_string(i)), 0);
    EXPECT_EQ(table.add(TargetKind::App, "a", "one more"), -1);
    EXPECT_EQ(table.size(), bound);
    EXPECT_EQ(table.lookup(TargetKind::App, "a", "0"), 0);
  }
}

TEST(EndpointTable, RecordsAndNamesNeverMove) {
  EndpointTable table(20'000, 2);
  const EndpointId first = intern(table, TargetKind::App, "first", "m");
  const EndpointRecord* record = table.find(first);
  const char* text = record->name.text;
  const CallCounts* counts = &table.counts(table.at(first), 1);
  for (int i = 0; i < 19'999; ++i) {
    ASSERT_EQ(intern(table, TargetKind::Actor, "an actor type", "id " + std::to_string(i)), i + 1);
  }
  EXPECT_EQ(table.find(first), record);
  EXPECT_EQ(table.at(first).name.text, text);
  EXPECT_EQ(&table.counts(table.at(first), 1), counts);
  for (int i = 0; i < 19'999; ++i) {
    ASSERT_EQ(table.lookup(TargetKind::Actor, "an actor type", "id " + std::to_string(i)), i + 1);
  }
}

TEST(EndpointTable, ANameLongerThanABlockIsKeptWhole) {
  EndpointTable table(10, 1);
  const std::string name(100'000, 'n'), instance(100'001, 'i');
  const EndpointId id = intern(table, TargetKind::App, name, instance);
  intern(table, TargetKind::App, "short", "m");
  EXPECT_EQ(table.at(id).name.name(), name);
  EXPECT_EQ(table.at(id).name.instance(), instance);
}

TEST(EndpointTable, EachShardOfEachEndpointHasItsOwnCounts) {
  EndpointTable table(300, 4);
  for (int i = 0; i < 300; ++i) intern(table, TargetKind::App, "a", std::to_string(i));
  std::set<CallCounts*> all;
  for (int i = 0; i < 300; ++i) {
    for (unsigned shard = 0; shard < 4; ++shard) all.insert(&table.counts(table.at(i), shard));
  }
  EXPECT_EQ(all.size(), 1200u);
}

}  // namespace
}  // namespace resil
