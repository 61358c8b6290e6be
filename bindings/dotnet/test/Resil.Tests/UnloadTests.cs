using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Resil.Interop;

namespace Resil.Tests;

/// <summary>Contexts that load resil anew: a plug-in can be unloaded once it disposed its engine, and one without a library is told.</summary>
[Collection(nameof(Alone))]
public class UnloadTests
{
    private sealed class PlugIn() : AssemblyLoadContext("plug-in", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
            => assemblyName.Name is "Resil" or "Resil.Tests" ? LoadFromAssemblyPath(Beside(assemblyName.Name + ".dll")) : null;

        private static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);
    }

    [Fact]
    public void A_context_is_unloaded()
    {
        WeakReference context = Use();
        for (int i = 0; i < 50 && context.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(context.IsAlive);
    }

    [Fact]
    public void A_library_that_cannot_be_loaded_is_told_by_each_call_that_needs_it()
    {
        string? given = Environment.GetEnvironmentVariable(NativeLoader.Variable);
        PlugIn context = new();
        try
        {
            Environment.SetEnvironmentVariable(NativeLoader.Variable, "/no/such/file");
            MethodInfo load = context.LoadFromAssemblyName(typeof(Engine).Assembly.GetName())
                .GetType(typeof(Engine).FullName!)!.GetMethod(nameof(Engine.FromText))!;
            for (int i = 0; i < 2; i++)
            {
                Exception? thrown = Assert.Throws<TargetInvocationException>(() => load.Invoke(null, [Policies.Orders(), null])).InnerException;
                Assert.Contains("/no/such/file", Assert.IsType<DllNotFoundException>(thrown).Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable(NativeLoader.Variable, given);
            context.Unload();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Use()
    {
        PlugIn context = new();
        Type type = context.LoadFromAssemblyName(typeof(UnloadTests).Assembly.GetName()).GetType(typeof(UnloadTests).FullName!)!;
        Assert.NotEqual(typeof(UnloadTests), type);
        Thread thread = new(() => type.GetMethod(nameof(Work), BindingFlags.Static | BindingFlags.NonPublic)!.Invoke(null, null)); // whose statics of its own go with it
        thread.Start();
        thread.Join();
        context.Unload();
        return new WeakReference(context);
    }

    /// <summary>What the plug-in does: it has its own Resil, with its own numbers for threads.</summary>
    private static void Work()
    {
        using Engine engine = Engine.FromText(Policies.Orders("1h", Policies.Twice, Policies.Breaker3));
        Endpoint orders = engine.App("orders");
        for (int i = 0; i < 1000; i++)
        {
            orders.ExecuteAsync(_ => new ValueTask<int>(1)).AsTask().Wait();
        }
        engine.Snapshot();
    }
}
