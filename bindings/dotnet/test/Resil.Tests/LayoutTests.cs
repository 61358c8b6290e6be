using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Resil.Interop;

namespace Resil.Tests;

public class LayoutTests
{
    [Fact]
    public void Structs_lie_as_the_header_says()
    {
        Assert.Equal(
            (64, 64, 256, 48),
            (Unsafe.SizeOf<Ticket>(), Unsafe.SizeOf<NativeEvent>(), Unsafe.SizeOf<NativeError>(), Unsafe.SizeOf<NativeOptions>()));
        Assert.Equal(
            [0, 4, 8, 12, 16, 24, 32, 40],
            Offsets<Ticket>("Endpoint", "Attempt", "Flags", "Reason", "DeadlineNs", "TimeoutNs", "DelayNs", "Engine0"));
        Assert.Equal(
            [0, 8, 16, 20, 24, 28, 32, 40],
            Offsets<NativeEvent>("Sequence", "TimeNs", "Endpoint", "Kind", "Before", "After", "Value", "Reserved0"));
        Assert.Equal([0, 4, 8, 12, 16], Offsets<NativeError>("Code", "Line", "Column", "Reserved", "Message"));
        Assert.Equal(
            [0, 4, 8, 16, 24, 28, 32, 40],
            Offsets<NativeOptions>("Size", "Flags", "AppId", "ConfigPath", "MaxEndpoints", "EventCapacity", "JitterSeed", "MaxBytes"));
    }

    private static int[] Offsets<T>(params string[] fields) => [.. fields.Select(field => (int)Marshal.OffsetOf<T>(field))];

    [Fact]
    public void A_library_of_another_abi_is_refused_in_a_sentence()
    {
        Assert.Contains("ABI 2", Assert.Throws<ResilException>(() => NativeLoader.Check(2, 64, 64, 256)).Message, StringComparison.Ordinal);
        Assert.Throws<ResilException>(() => NativeLoader.Check(1, 56, 64, 256));
    }

    [Fact]
    public void A_missing_library_is_told_with_its_platform_and_what_to_do()
    {
        string empty = Directory.CreateTempSubdirectory("resil").FullName;
        DllNotFoundException thrown = Assert.Throws<DllNotFoundException>(
            () => NativeLoader.Load(typeof(string).Assembly, DllImportSearchPath.AssemblyDirectory, null, "plan9-mips", [empty]));
        Assert.Contains("plan9-mips", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(NativeLoader.Variable, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(empty, thrown.Message, StringComparison.Ordinal);
        Directory.Delete(empty);
        thrown = Assert.Throws<DllNotFoundException>(() => NativeLoader.Load(typeof(string).Assembly, null, "/no/such/file", "plan9-mips", []));
        Assert.Contains($"{NativeLoader.Variable} names '/no/such/file'", thrown.Message, StringComparison.Ordinal);
    }
}
