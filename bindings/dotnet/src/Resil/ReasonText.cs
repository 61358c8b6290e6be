using Resil.Interop;

namespace Resil;

/// <summary>The engine's own names.</summary>
public static class ReasonText
{
    /// <summary>The engine's name for a reason, also for one that is newer than this package: "breaker-open".</summary>
    public static string Of(Reason reason)
    {
        NativeLoader.Ready();
        unsafe
        {
            return Text.Static(Native.resil_name((int)reason));
        }
    }
}
