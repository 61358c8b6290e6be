using System.Runtime.InteropServices;

namespace Resil.Interop;

/// <summary>resil_ticket: one logical operation, all its attempts. 64 bytes for ever.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Ticket
{
    internal uint Endpoint;
    internal uint Attempt;
    internal uint Flags;
    internal int Reason;
    internal long DeadlineNs;
    internal long TimeoutNs;
    internal long DelayNs;
    internal ulong Engine0;
    internal ulong Engine1;
    internal ulong Engine2;
}

/// <summary>resil_event, 64 bytes for ever.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeEvent
{
    internal ulong Sequence;
    internal long TimeNs;
    internal int Endpoint;
    internal int Kind;
    internal int Before;
    internal int After;
    internal long Value;
    internal ulong Reserved0;
    internal ulong Reserved1;
    internal ulong Reserved2;
}

/// <summary>resil_error, 256 bytes for ever.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeError
{
    internal const int MessageSize = 240;
    internal int Code;
    internal int Line;
    internal int Column;
    internal int Reserved;
    internal fixed byte Message[MessageSize];
}

/// <summary>resil_options as this package knows them; <see cref="Size"/> tells the library.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeOptions
{
    internal uint Size;
    internal uint Flags;
    internal byte* AppId;
    internal byte* ConfigPath;
    internal uint MaxEndpoints;
    internal uint EventCapacity;
    internal ulong JitterSeed;
    internal ulong MaxBytes;
}
