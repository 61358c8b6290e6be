using System.Runtime.InteropServices;

namespace Resil.Interop;

/// <summary>
/// resil.h. Arguments are numbers and addresses only, so a crossing is a plain call. <c>SuppressGCTransition</c> stands where the ABI
/// promises what it needs: the function is over in well under a microsecond, blocks on nothing, and calls nobody back.
/// </summary>
internal static unsafe partial class Native
{
    internal const string Library = "resil";

    [LibraryImport(Library)]
    internal static partial int resil_abi();

    [LibraryImport(Library)]
    internal static partial byte* resil_version();

    [LibraryImport(Library)]
    internal static partial byte* resil_name(int code);

    [LibraryImport(Library)]
    internal static partial nint resil_open(NativeOptions* options, byte* yaml, long length, NativeError* error);

    [LibraryImport(Library)]
    internal static partial nint resil_open_path(NativeOptions* options, byte* path, NativeError* error);

    [LibraryImport(Library)]
    internal static partial int resil_reload(nint engine, byte* yaml, long length, NativeError* error);

    [LibraryImport(Library)]
    internal static partial int resil_reload_path(nint engine, byte* path, NativeError* error);

    [LibraryImport(Library)]
    internal static partial void resil_close(nint engine);

    [LibraryImport(Library)]
    internal static partial long resil_check(
        NativeOptions* options, byte* yaml, long length, byte* path, byte* buffer, long capacity);

    [LibraryImport(Library)]
    internal static partial int resil_endpoint(
        nint engine, int kind, byte* name, long nameLength, byte* instance, long instanceLength);

    [LibraryImport(Library)]
    internal static partial long resil_endpoint_text(nint engine, int endpoint, byte* buffer, long capacity);

    [LibraryImport(Library)]
    internal static partial int resil_failed(int outcome);

    [LibraryImport(Library)]
    internal static partial long resil_retry_after(byte* text, long length, long unixNow);

    [LibraryImport(Library)]
    internal static partial long resil_now();

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int resil_begin(nint engine, int endpoint, long now, Ticket* ticket);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int resil_end(nint engine, Ticket* ticket, int outcome, long now);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int resil_adopt(nint engine, int endpoint, ulong word, long began, Ticket* ticket);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial int resil_state(nint engine, int endpoint, long now);

    [LibraryImport(Library)]
    internal static partial ulong* resil_word(nint engine, int endpoint);

    [LibraryImport(Library)]
    internal static partial ulong* resil_tally(nint engine, int endpoint, int slot);

    [LibraryImport(Library)]
    internal static partial int resil_credit(nint engine, int endpoint, long calls);

    [LibraryImport(Library)]
    internal static partial int resil_events(nint engine, ulong* cursor, NativeEvent* events, int capacity);

    [LibraryImport(Library)]
    internal static partial long resil_event_text(nint engine, NativeEvent* one, byte* buffer, long capacity);

    [LibraryImport(Library)]
    internal static partial long resil_snapshot(nint engine, long now, byte* buffer, long capacity);
}
