using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Resil.Interop;

/// <summary>
/// Finds the native library: the file that the environment variable RESIL_LIBRARY names; where the host looks (the package's
/// runtimes folder, as the host has it from the program's list of dependencies); the same folder beside this assembly or the program.
/// </summary>
internal static class NativeLoader
{
    internal const string Variable = "RESIL_LIBRARY";

    /// <summary>
    /// What is wrong with the library, found once; null = nothing. It is kept and not thrown where it is found, since all that callers
    /// see of an exception in a type's initializer is that there was one.
    /// </summary>
    private static readonly ExceptionDispatchInfo? Wrong = Prepare();

    /// <summary>The library is there and fits, or an exception says what to do.</summary>
    internal static void Ready() => Wrong?.Throw();

    private static ExceptionDispatchInfo? Prepare()
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(NativeLoader).Assembly, Resolve);
            Check(Native.resil_abi(), Unsafe.SizeOf<Ticket>(), Unsafe.SizeOf<NativeEvent>(), Unsafe.SizeOf<NativeError>());
            return null;
        }
        catch (Exception wrong)
        {
            return ExceptionDispatchInfo.Capture(wrong);
        }
    }

    /// <summary>What was loaded must be what this assembly was written for.</summary>
    internal static void Check(int abi, int ticket, int nativeEvent, int error)
    {
        if (abi != Constants.Abi)
        {
            throw new ResilException(
                $"this Resil package was built for ABI {Constants.Abi} of libresil but loaded one of ABI {abi}: "
                + "use the package of the engine's version");
        }
        if (ticket != 64 || nativeEvent != 64 || error != 256)
        {
            throw new ResilException(
                $"the structs of this Resil package take {ticket}, {nativeEvent} and {error} bytes in place of 64, 64 and 256: "
                + "it cannot work on this platform");
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
        => name != Native.Library ? 0 : Load(assembly, searchPath, Environment.GetEnvironmentVariable(Variable), Rid, Folders(assembly));

    internal static nint Load(
        Assembly assembly, DllImportSearchPath? searchPath, string? given, string rid, IReadOnlyList<string> folders)
    {
        if (!string.IsNullOrEmpty(given))
        {
            try
            {
                return NativeLibrary.Load(given);
            }
            catch (Exception wrong) when (wrong is DllNotFoundException or BadImageFormatException)
            {
                throw new DllNotFoundException(
                    $"the environment variable {Variable} names '{given}', which cannot be loaded on this platform, {rid}: "
                    + $"correct it, or unset it to use the library of the package. {wrong.Message}", wrong);
            }
        }
        if (NativeLibrary.TryLoad(Native.Library, assembly, searchPath, out nint handle))
        {
            return handle;
        }
        foreach (string folder in folders)
        {
            if (NativeLibrary.TryLoad(Path.Combine(folder, "runtimes", rid, "native", FileName), out handle)
                || NativeLibrary.TryLoad(Path.Combine(folder, FileName), out handle))
            {
                return handle;
            }
        }
        throw new DllNotFoundException(
            $"Resil has no native library for this platform, {rid}: {FileName} is neither where the host looks nor in "
            + $"runtimes/{rid}/native below {string.Join(" or ", folders)}. If the package has it for {rid}, restore and publish for "
            + $"that runtime identifier; if not, build libresil there and name the file in the environment variable {Variable}.");
    }

    internal static string FileName
        => OperatingSystem.IsWindows() ? "resil.dll" : OperatingSystem.IsMacOS() ? "libresil.dylib" : "libresil.so";

    /// <summary>The portable runtime identifier, the name of the folder below runtimes/.</summary>
    internal static string Rid
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win"
                : OperatingSystem.IsMacOS() ? "osx"
                : RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "linux-musl"
                : "linux";
            return system + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        }
    }

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "Empty in a single file, whose own folder is looked at too.")]
    private static List<string> Folders(Assembly assembly)
    {
        List<string> folders = [AppContext.BaseDirectory];
        string? own = Path.GetDirectoryName(assembly.Location);
        if (!string.IsNullOrEmpty(own) && Path.GetFullPath(own) != Path.TrimEndingDirectorySeparator(folders[0]))
        {
            folders.Insert(0, own);
        }
        return folders;
    }
}
