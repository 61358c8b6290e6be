package dev.resil;

import dev.resil.internal.ResilConstants;
import dev.resil.internal.ResilJNI;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One target as the engine knows it: an app's method, an actor, one direction of a component. Safe
 * for any number of threads; get it once from {@link Engine} and keep it. Every form of call
 * applies the target's timeout, retries and circuit breaker.
 *
 * <p>A call to a healthy target costs two reads of the breaker's word and one atomic operation; it
 * allocates nothing and does not leave Java. A rejection taken as a value ({@link #tryCall}, {@link
 * #callOrElse}) does neither, from an open breaker's third on; it costs a reading of the clock.
 */
public final class Endpoint {
  private static final VarHandle WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long FAST = 1;
  private static final int TIMEOUT_MS = 0xffffff;
  private static final Function<Rejection, Object> THROW =
      rejection -> {
        throw rejection.toException();
      };
  private static final Function<Rejection, Object> MARK = rejection -> rejection.marker;

  final Engine engine;
  final Handle handle;
  final Cells cells = new Cells();
  final int id;
  private final ByteBuffer word;
  private final TargetKey target;
  private volatile Rejection rejection;
  private volatile KnownRejection known;

  /** Within the gate. */
  Endpoint(Engine engine, TargetKey target, int id) {
    this.engine = engine;
    this.handle = engine.handle;
    this.target = target;
    this.id = id;
    this.word = ResilJNI.word(handle.engine, id).order(ByteOrder.nativeOrder());
    handle.add(cells);
  }

  /**
   * Makes the call: attempts it, retries it, waits between attempts.
   *
   * @throws RejectedException when an attempt is not admitted: {@link CircuitOpenException}, {@link
   *     TooManyRequestsException}, {@link DeadlineExceededException}
   * @throws RetriesExhaustedException when more than one attempt was made and the last one failed
   *     too
   * @throws InterruptedException when the thread is interrupted while it waits, or the call says
   *     so; counts as cancelled
   * @throws Exception what the call threw, when it was the only attempt, or cannot be retried
   */
  public <T> T call(Callable<? extends T> work) throws Exception {
    return call(work, CallOptions.DEFAULT, throwing());
  }

  public <T> T call(Callable<? extends T> work, CallOptions options) throws Exception {
    return call(work, options, throwing());
  }

  /** The same for a call that wants to know each attempt's number and budget. */
  public <T> T call(AttemptCallable<? extends T> work, CallOptions options) throws Exception {
    return call(new Attempts<T>(work), options, throwing());
  }

  /** The same without an exception for a rejection: the fallback answers in the call's place. */
  public <T> T callOrElse(Callable<? extends T> work, Function<Rejection, ? extends T> fallback)
      throws Exception {
    return call(work, CallOptions.DEFAULT, fallback);
  }

  public <T> T callOrElse(
      Callable<? extends T> work, CallOptions options, Function<Rejection, ? extends T> fallback)
      throws Exception {
    return call(work, options, fallback);
  }

  /** The same without exceptions at all. An interrupted thread's flag is set again. */
  public <T> Result<T> tryCall(Callable<? extends T> work) {
    return tryCall(work, CallOptions.DEFAULT);
  }

  @SuppressWarnings("unchecked")
  public <T> Result<T> tryCall(Callable<? extends T> work, CallOptions options) {
    try {
      Object result = call((Callable<Object>) work, options, MARK);
      return result instanceof Rejection.Marker marker
          ? (Result<T>) marker.result()
          : new Result.Success<>((T) result);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result.Failure<>(e);
    } catch (Exception e) {
      return new Result.Failure<>(e);
    }
  }

  /**
   * {@link #call} for what throws nothing checked; an interrupt becomes an {@link
   * OperationCancelledException}.
   */
  public void run(Runnable work) {
    run(work, CallOptions.DEFAULT);
  }

  public void run(Runnable work, CallOptions options) {
    get(
        () -> {
          work.run();
          return null;
        },
        options);
  }

  /**
   * {@link #call} for what throws nothing checked; an interrupt becomes an {@link
   * OperationCancelledException}.
   */
  public <T> T get(Supplier<? extends T> work) {
    return get(work, CallOptions.DEFAULT);
  }

  public <T> T get(Supplier<? extends T> work, CallOptions options) {
    try {
      return call((Callable<T>) work::get, options);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperationCancelledException(e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw Unchecked.sneaky(e);
    }
  }

  /**
   * Makes the call asynchronously. The scheduler keeps time for retries and timeouts and runs
   * retried attempts; the first attempt starts on the calling thread. An attempt that uses up its
   * budget completes with {@link AttemptTimeoutException} and its stage is cancelled. Cancelling
   * the future cancels the attempt in flight or the wait, and counts as cancelled.
   *
   * <p>A ScheduledThreadPoolExecutor keeps the timers of finished attempts until they would have
   * fired, unless its {@code setRemoveOnCancelPolicy(true)}: worth it where timeouts are long.
   */
  public <T> CompletableFuture<T> callAsync(
      Supplier<? extends CompletionStage<T>> work, ScheduledExecutorService scheduler) {
    return AsyncCall.start(this, attempt -> work.get(), scheduler, CallOptions.DEFAULT);
  }

  public <T> CompletableFuture<T> callAsync(
      Supplier<? extends CompletionStage<T>> work,
      ScheduledExecutorService scheduler,
      CallOptions options) {
    return AsyncCall.start(this, attempt -> work.get(), scheduler, options);
  }

  /** The same for work that wants to know each attempt's number and budget. */
  public <T> CompletableFuture<T> callAsync(
      AttemptCallable<? extends CompletionStage<T>> work,
      ScheduledExecutorService scheduler,
      CallOptions options) {
    return AsyncCall.start(this, work, scheduler, options);
  }

  public <T> Callable<T> decorateCallable(Callable<? extends T> work) {
    return () -> call(work);
  }

  public <T> Supplier<T> decorateSupplier(Supplier<? extends T> work) {
    return () -> get(work);
  }

  public Runnable decorateRunnable(Runnable work) {
    return () -> run(work);
  }

  public <A, T> Function<A, T> decorateFunction(Function<? super A, ? extends T> work) {
    return argument -> get(() -> work.apply(argument));
  }

  public <A> Consumer<A> decorateConsumer(Consumer<? super A> work) {
    return argument -> run(() -> work.accept(argument));
  }

  public <T> Supplier<CompletionStage<T>> decorateCompletionStage(
      Supplier<? extends CompletionStage<T>> work, ScheduledExecutorService scheduler) {
    return () -> callAsync(work, scheduler);
  }

  /** An operation by hand, for a host that waits and calls by means of its own. */
  public Operation operation() {
    return new Operation(this, 0);
  }

  /** The same with a deadline, counted from now. */
  public Operation operation(CallOptions options) {
    return new Operation(this, options.deadline == 0 ? 0 : Times.after(now(), options.deadline));
  }

  /** The breaker's state now, read without moving it. Null where the target has no breaker. */
  public State state() {
    int cell = handle.enter(cells);
    try {
      int state = ResilJNI.Engine_state(handle.address, id, engine.nowOrNoTime());
      return state == ResilConstants.E_ARG ? null : State.of(state);
    } finally {
      handle.leave(cells, cell);
    }
  }

  /** {@code app}, {@code actor}, {@code component} or {@code builtin}. */
  public String kind() {
    return target.kindName();
  }

  /** The app's id, the actor's type, the component's or the policy's name. */
  public String name() {
    return target.name();
  }

  /** An app's method, an actor's id, a component's type; may be null. */
  public String instance() {
    return target.instance();
  }

  /** True for what comes in from a component; calls to apps, actors and components go out. */
  public boolean isInbound() {
    return target.kind() == ResilConstants.COMPONENT_IN;
  }

  @Override
  public String toString() {
    return target.toString();
  }

  @SuppressWarnings("unchecked")
  private static <T> Function<Rejection, T> throwing() {
    return (Function<Rejection, T>) THROW;
  }

  private <T> T call(
      Callable<? extends T> work, CallOptions options, Function<Rejection, ? extends T> onRejection)
      throws Exception {
    int cell = handle.claim(cells);
    boolean healthy = false;
    try {
      long before = word();
      if ((before & FAST) == 0 || !options.mayElide) {
        return ask(work, options, onRejection, before, cell);
      }
      T value;
      try {
        value = SyncCall.attempt(work, options, 1, timeoutOf(before));
      } catch (Throwable failure) {
        return SyncCall.adopt(this, work, options, onRejection, before, null, failure);
      }
      if (word() != before || options.judgesResults()) {
        return SyncCall.adopt(this, work, options, onRejection, before, value, null);
      }
      healthy = true;
      return value;
    } finally {
      leave(cell, healthy);
    }
  }

  /** Asks the engine, unless its last answer still holds. */
  private <T> T ask(
      Callable<? extends T> work,
      CallOptions options,
      Function<Rejection, ? extends T> onRejection,
      long word,
      int cell)
      throws Exception {
    KnownRejection before = known;
    if (before != null && options.mayElide && !options.wait && before.holds(word, engine)) {
      cells.addRejection(cell);
      return onRejection.apply(before.rejection());
    }
    return SyncCall.begin(this, work, options, onRejection, word);
  }

  /** Within the gate. */
  long word() {
    return (long) WORD.getAcquire(word, 0);
  }

  static boolean isFast(long word) {
    return (word & FAST) != 0;
  }

  /** The attempt's budget in a word: bits 1 to 24, in milliseconds. */
  static long timeoutOf(long word) {
    return ((word >>> 1) & TIMEOUT_MS) * 1_000_000;
  }

  void leave(int cell, boolean healthy) {
    if (healthy) {
      leaveHealthy(cell);
    } else {
      handle.leave(cells, cell);
    }
  }

  private void leaveHealthy(int cell) {
    boolean full = cells.leaveHealthy(cell);
    if (full || handle.isClosed()) {
      engine.afterHealthy(this, full);
    }
  }

  /** The engine's time, for what is compared with it: deadlines and how long a rejection holds. */
  long now() {
    return engine.now();
  }

  /** What begin left in the ticket, as a value. Within the gate. */
  Rejection rejection(Ticket ticket) {
    Reason reason = ticket.reason();
    long wordNow = word();
    Rejection known = rejection;
    if (known != null && known.stillSays(reason, wordNow)) {
      return known;
    }
    Rejection made = new Rejection(this, reason, wordNow, Times.after(now(), ticket.delay()));
    rejection = made;
    return made;
  }

  /**
   * The time before the engine is asked under a word that it rejected a call under before; 0 where
   * its answer will not be kept.
   */
  long moment(long word) {
    Rejection last = rejection;
    KnownRejection kept = known;
    return last == null
            || !last.stillSays(Reason.OPEN, word)
            || kept != null && kept.word() == word
            || engine.everyRejection
        ? 0
        : engine.elapsed();
  }

  /**
   * The same, kept for those who ask next. It takes two: the first rejection of a breaker's
   * generation changes the word, and only the second knows from {@code asked} when its answer began
   * to hold.
   */
  Rejection rejection(Ticket ticket, long word, long asked) {
    Rejection made = rejection(ticket);
    if (asked != 0 && made.stillSays(ticket.reason(), word)) {
      known = new KnownRejection(made, word, asked + ticket.delay());
    }
    return made;
  }
}
