// What SWIG would make too dear: the three calls of every attempt, with numbers in and numbers out, and the two views
// of direct memory. Declared by %native in bindings/swig/typemaps/java.i.
#include <jni.h>
#include <resil.h>
#include <string.h>

#include "resil_swig.h"

#define NATIVE(type, name) JNIEXPORT type JNICALL Java_dev_resil_internal_ResilJNI_##name
#define POINTER(type, number) ((type *)(intptr_t)(number))

NATIVE(jint, begin)(JNIEnv *env, jclass jni, jlong engine, jint endpoint, jlong now, jlong ticket, jlong deadline) {
  (void)env, (void)jni;
  resil_ticket *t = POINTER(resil_ticket, ticket);
  memset(t, 0, sizeof *t);
  t->deadline_ns = deadline;
  return resil_begin(POINTER(resil_engine, engine), endpoint, now, t);
}

NATIVE(jint, beginAgain)(JNIEnv *env, jclass jni, jlong engine, jint endpoint, jlong now, jlong ticket) {
  (void)env, (void)jni;
  return resil_begin(POINTER(resil_engine, engine), endpoint, now, POINTER(resil_ticket, ticket));
}

NATIVE(jint, end)(JNIEnv *env, jclass jni, jlong engine, jlong ticket, jint outcome, jlong now, jlong hint) {
  (void)env, (void)jni;
  resil_ticket *t = POINTER(resil_ticket, ticket);
  t->delay_ns = hint;
  return resil_end(POINTER(resil_engine, engine), t, outcome, now);
}

NATIVE(jint, adopt)(JNIEnv *env, jclass jni, jlong engine, jint endpoint, jlong word, jlong began, jlong ticket) {
  (void)env, (void)jni;
  resil_ticket *t = POINTER(resil_ticket, ticket);
  memset(t, 0, sizeof *t);
  return resil_adopt(POINTER(resil_engine, engine), endpoint, (uint64_t)word, began, t);
}

NATIVE(jobject, word)(JNIEnv *env, jclass jni, jlong engine, jint endpoint) {
  (void)jni;
  const uint64_t *word = resil_word(POINTER(resil_engine, engine), endpoint);
  return word ? (*env)->NewDirectByteBuffer(env, POINTER(void, word), sizeof *word) : NULL;
}

NATIVE(jlong, address)(JNIEnv *env, jclass jni, jobject buffer) {
  (void)jni;
  return (jlong)(intptr_t)(*env)->GetDirectBufferAddress(env, buffer);
}

NATIVE(jlong, handle)(JNIEnv *env, jclass jni, jlong engine) {
  (void)env, (void)jni;
  return (jlong)(intptr_t)POINTER(struct Engine, engine)->engine;
}
