using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Resil.Tests;

/// <summary>A plug-in that has resil in a context of its own can be unloaded once it disposed its engine.</summary>
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
