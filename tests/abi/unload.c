/* A host that unloads the library forks without harm: what the library asked of fork() went with it. */
#include <dlfcn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "resil.h"

static const char* kPolicies = "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nspec: {}\n";

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  for (int round = 0; round < 3; ++round) {
    void* library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return printf("%s\n", dlerror()), 1;
    resil_engine* (*open_engine)(const resil_options*, const char*, int64_t, resil_error*);
    void (*close_engine)(resil_engine*);
    *(void**)&open_engine = dlsym(library, "resil_open");
    *(void**)&close_engine = dlsym(library, "resil_close");
    if (open_engine == NULL || close_engine == NULL) return printf("%s\n", dlerror()), 1;
    resil_engine* engine = open_engine(NULL, kPolicies, -1, NULL);
    if (engine == NULL) return printf("no engine\n"), 1;
    close_engine(engine);
    dlclose(library);
    pid_t child = fork();
    if (child == 0) _exit(0);
    int status = 1;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) return printf("the child died\n"), 1;
  }
  printf(dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) == NULL ? "unloaded, and forked\n" : "forked; it stays loaded here\n");
  return 0;
}
