using System.Runtime.InteropServices;

namespace Resil.Interop;

/// <summary>
/// The native engine. Freed by <see cref="Gate"/> once nobody is inside, or, if nobody disposed the engine, by the finalizer when
/// neither the engine nor any of its endpoints can be reached.
/// </summary>
internal sealed class EngineHandle : SafeHandle
{
    internal EngineHandle(nint engine) : base(0, ownsHandle: true) => SetHandle(engine);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Native.resil_close(handle);
        return true;
    }
}
