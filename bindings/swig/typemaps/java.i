// Java takes the functions only (-noproxy): an object is a long, text is the bytes of its UTF-8 both ways, since JNI's
// own strings are of another encoding. Failure is read off the engine, not thrown from here.
%javaconst(1);

%typemap(jni)     (const char *text, long long length) "jbyteArray"
%typemap(jtype)   (const char *text, long long length) "byte[]"
%typemap(jstype)  (const char *text, long long length) "byte[]"
%typemap(javain)  (const char *text, long long length) "$javainput"
%typemap(in)      (const char *text, long long length) {
  $1 = resil_java_bytes(jenv, $input);
  $2 = $1 ? (*jenv)->GetArrayLength(jenv, $input) : -1;
  if ($input && !$1) return $null;
}
%typemap(freearg) (const char *text, long long length) "free($1);"
%apply (const char *text, long long length) {
  (const char *name, long long name_length), (const char *instance, long long instance_length) };

%typemap(jni)     char * "jbyteArray"
%typemap(jtype)   char * "byte[]"
%typemap(jstype)  char * "byte[]"
%typemap(javain)  char * "$javainput"
%typemap(javaout) char * { return $jnicall; }
%typemap(in)      char * { $1 = resil_java_bytes(jenv, $input); if ($input && !$1) return $null; }
%typemap(freearg) char * "free($1);"
%typemap(out)     char * {
  if ($1) {
    jsize size = (jsize)strlen($1);
    $result = (*jenv)->NewByteArray(jenv, size);
    if ($result) (*jenv)->SetByteArrayRegion(jenv, $result, 0, size, (const jbyte *)$1);
  }
}
%typemap(newfree) char * "free($1);"

%{
/* A NUL-terminated copy, or NULL for null and, with a Java exception pending, when there is no memory. */
static char *resil_java_bytes(JNIEnv *jenv, jbyteArray array) {
  if (!array) return NULL;
  jsize size = (*jenv)->GetArrayLength(jenv, array);
  char *copy = (char *)malloc((size_t)size + 1);
  if (!copy) {
    (*jenv)->ThrowNew(jenv, (*jenv)->FindClass(jenv, "java/lang/OutOfMemoryError"), "no memory for a native string");
    return NULL;
  }
  (*jenv)->GetByteArrayRegion(jenv, array, 0, size, (jbyte *)copy);
  copy[size] = 0;
  return copy;
}
%}

// The hot calls, hand-written in bindings/java/native/hot.c: `ticket` is the address of 64 bytes of direct memory.
%native(begin)     int begin(long long engine, int endpoint, long long now, long long ticket, long long deadline);
%native(beginAgain) int beginAgain(long long engine, int endpoint, long long now, long long ticket);
%native(end)       int end(long long engine, long long ticket, int outcome, long long now, long long hint);
%native(adopt)     int adopt(long long engine, int endpoint, long long word, long long began, long long ticket);

// Direct memory: the endpoint's word as a buffer of its 8 bytes, and where a buffer lies. `handle` is the resil_engine
// * that the hot calls take, of the struct Engine * that the others do.
%typemap(jtype) struct Buffer * "java.nio.ByteBuffer"
%native(word)    struct Buffer *word(long long engine, int endpoint);
%native(address) long long address(struct Buffer *buffer);
%native(handle)  long long handle(long long engine);
