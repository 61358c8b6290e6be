// resil beside Polly 8 and the standard handler of Microsoft.Extensions.Http.Resilience; run.sh makes the report.
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

// --smoke: does every row run at all?   --quick: wide spreads
var smoke = args.Contains("--smoke");
var quick = args.Contains("--quick");
var job = smoke
    ? Job.Dry.WithToolchain(InProcessEmitToolchain.DontLogOutput) // a process a row would be most of its time
    : Job.Default.WithIterationTime(TimeInterval.FromMilliseconds(quick ? 50 : 100)).WithWarmupCount(quick ? 6 : 12)
        .WithIterationCount(quick ? 5 : 21).WithLaunchCount(1);
var config = ManualConfig.CreateEmpty()
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddExporter(JsonExporter.Full)
    .AddLogger(smoke ? NullLogger.Instance : ConsoleLogger.Unicode)
    .WithOptions(ConfigOptions.StopOnFirstError | ConfigOptions.DisableLogFile);
if (Environment.GetEnvironmentVariable("RESIL_BENCH_OUT") is { } folder)
    config.WithArtifactsPath(Path.Combine(folder, "dotnet"));

var filter = args.Where(arg => arg is not ("--smoke" or "--quick")).ToArray();
var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(filter.Length > 0 ? filter : ["--filter", "*"], config).ToList();
var failed = summaries.Count == 0 || summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success));
return failed ? 1 : 0;
