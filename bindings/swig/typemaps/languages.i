// How text, 64-bit numbers and failure look in each language. A (text, length) pair takes a string of any bytes, so
// that a NUL inside a document is the engine's to refuse and does not cut it short on the way.
#if defined(SWIGJAVA)
%include "java.i"
#else
%include "exception.i"
#if defined(SWIGLUA)
%include "lua.i"
#else
%apply (char *STRING, size_t LENGTH) {
  (const char *text, long long length), (const char *name, long long name_length),
  (const char *instance, long long instance_length) };
#endif
%typemap(newfree) char * "free($1);"

// Ruby's object has the pointer already when its constructor raises, and would free it again.
#if defined(SWIGRUBY)
#define FORGET_ENGINE DATA_PTR(self) = NULL;
#else
#define FORGET_ENGINE
#endif

// What failed raises, with the engine's sentence.
%exception Engine {
  $action
  if (!result) SWIG_exception(SWIG_MemoryError, "no memory for an engine");
  if (Engine_failed(result)) {
    char sentence[sizeof result->error.message];
    memcpy(sentence, result->error.message, sizeof sentence);
    delete_Engine(result);
    FORGET_ENGINE
    SWIG_exception(SWIG_ValueError, sentence);
  }
}
%exception reload {
  $action
  if (result < 0) SWIG_exception(SWIG_ValueError, arg1->error.message);
}
%define RAISES_BY_CODE(function)
%exception function {
  $action
  if (result < 0) SWIG_exception(SWIG_ValueError, resil_name(result));
}
%enddef
RAISES_BY_CODE(endpoint)
RAISES_BY_CODE(begin_attempt)
RAISES_BY_CODE(end_attempt)
RAISES_BY_CODE(state)
RAISES_BY_CODE(credit)
RAISES_BY_CODE(transitions)
#endif
