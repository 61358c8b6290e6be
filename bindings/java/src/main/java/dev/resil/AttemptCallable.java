package dev.resil;

/** A call that wants to know its attempt's number and budget. */
@FunctionalInterface
public interface AttemptCallable<T> {
  T call(AttemptContext attempt) throws Exception;
}
