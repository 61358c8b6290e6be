// Generated from capi/contract.toml by capi/generate.py; edit the table.
namespace Resil.Interop;

/// <summary>resil.h's numbers.</summary>
internal static class Constants
{
    internal const long Now = long.MinValue;
    internal const int Abi = 1;
    internal const uint Lenient = 1;
    internal const uint EveryRejection = 2;
    internal const ulong Fast = 1;
    internal const ulong Counted = 2;
    internal const ulong TallyMost = 0xfffffffffff;
    internal const uint HasEvents = 1;
    internal const uint MayWait = 2;
    internal const int Allow = 0;
    internal const int NoSuch = -1;
    internal const int Full = -3;
    internal const int SuccessCode = 0;
    internal const int FailureCode = 1;
    internal const int TimeoutCode = 2;
    internal const int CancelledCode = 3;
    internal const int NoRetry = 0x40000000;
    internal const ulong Shadow = 1;
    internal const int HttpBit = 0x10000;
    internal const int GrpcBit = 0x20000;
}
