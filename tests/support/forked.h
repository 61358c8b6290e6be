// Forked: what a function answers in children that were really forked from this process, one after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace resil::testing {

// `numbers` is called in each child. One that fails, or hangs, answers nothing.
inline std::vector<std::vector<std::int64_t>> in_children(std::size_t children,
                                                          const std::function<std::vector<std::int64_t>()>& numbers) {
  std::vector<std::vector<std::int64_t>> answers(children);
  for (std::vector<std::int64_t>& answer : answers) {
    int ends[2];
    if (pipe(ends) != 0) return answers;
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);  // one that hangs is killed
      const std::vector<std::int64_t> mine = numbers();
      const std::size_t size = mine.size() * sizeof(std::int64_t);
      _exit(write(ends[1], mine.data(), size) == static_cast<ssize_t>(size) ? 0 : 1);  // at most a pipe's page
    }
    close(ends[1]);
    std::int64_t number = 0;
    while (read(ends[0], &number, sizeof number) == sizeof number) answer.push_back(number);
    close(ends[0]);
    int status = 1;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) answer.clear();
  }
  return answers;
}

}  // namespace resil::testing
