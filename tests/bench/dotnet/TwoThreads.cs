using BenchmarkDotNet.Attributes;
using Polly;

namespace Resil.Bench;

/// <summary>Healthy calls by one thread and by two at once, all on one breaker: what each costs its thread.</summary>
public class TwoThreads
{
    private const int Calls = 100_000;

    private readonly Func<CancellationToken, ValueTask<int>> works = Subjects.Works;
    private readonly Endpoint breaker = Subjects.Endpoint("breaker");
    private readonly Endpoint rate = Subjects.Endpoint("rate");
    private readonly ResiliencePipeline polly = Subjects.PollyBreaker();
    private Crew crew = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Start() => crew = new Crew(Threads);

    [GlobalCleanup]
    public void Stop() => crew.Dispose();

    [Benchmark(OperationsPerInvoke = Calls)]
    public void Bare() => crew.Do(() =>
    {
        for (var i = 0; i < Calls; i++)
            Subjects.Completed(works(default));
    });

    [Benchmark(OperationsPerInvoke = Calls)]
    public void Resil() => crew.Do(() =>
    {
        for (var i = 0; i < Calls; i++)
            Subjects.Completed(breaker.ExecuteAsync(works));
    });

    [Benchmark(OperationsPerInvoke = Calls)]
    public void ResilRate() => crew.Do(() =>
    {
        for (var i = 0; i < Calls; i++)
            Subjects.Completed(rate.ExecuteAsync(works));
    });

    [Benchmark(OperationsPerInvoke = Calls)]
    public void Polly() => crew.Do(() =>
    {
        for (var i = 0; i < Calls; i++)
            Subjects.Completed(polly.ExecuteAsync(works));
    });

    /// <summary>Threads that begin together and are awaited together.</summary>
    private sealed class Crew : IDisposable
    {
        private readonly Barrier begin;
        private readonly Barrier end;
        private readonly Thread[] threads;
        private Action? work;

        public Crew(int size)
        {
            begin = new Barrier(size + 1);
            end = new Barrier(size + 1);
            threads = Enumerable.Range(0, size).Select(_ => new Thread(Run) { IsBackground = true }).ToArray();
            foreach (var thread in threads)
                thread.Start();
        }

        public void Do(Action each)
        {
            work = each;
            begin.SignalAndWait();
            end.SignalAndWait();
        }

        public void Dispose()
        {
            work = null;
            begin.SignalAndWait();
            foreach (var thread in threads)
                thread.Join();
            begin.Dispose();
            end.Dispose();
        }

        private void Run()
        {
            while (true)
            {
                begin.SignalAndWait();
                if (work is not { } each)
                    return;
                each();
                end.SignalAndWait();
            }
        }
    }
}
