using System.Text;
using Resil.Interop;

namespace Resil;

/// <summary>What is asked of the library before there is an engine, and the errors that tell of a document.</summary>
internal static unsafe class Opening
{
    internal static nint Open(string? yaml, string? path, EngineOptions options)
    {
        NativeLoader.Ready();
        NativeError error = default;
        NativeError* errorAt = &error; // on this frame's stack, so it does not move
        nint engine = With(options, yaml, path, (native, text, length, file) => text is not null
            ? Native.resil_open(native, text, length, errorAt)
            : Native.resil_open_path(native, file, errorAt));
        return engine != 0 ? engine : throw Failure(error, path);
    }

    internal static IReadOnlyList<string> Check(string? yaml, string? path, EngineOptions options)
    {
        NativeLoader.Ready();
        string all = Text.Read((buffer, capacity) => With(
            options, yaml, path, (native, text, length, file) => (nint)Native.resil_check(native, text, length, file, buffer, capacity)));
        return all.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    internal static void Reload(nint engine, string? yaml, string? path)
    {
        NativeError error = default;
        byte[]? text = yaml is null ? null : Encoding.UTF8.GetBytes(yaml);
        fixed (byte* content = text is { Length: 0 } ? Empty : text)
        fixed (byte* file = Text.Bytes(path))
        {
            int done = content is not null
                ? Native.resil_reload(engine, content, text!.Length, &error)
                : Native.resil_reload_path(engine, file, &error);
            if (done < 0)
            {
                throw Failure(error, path);
            }
        }
    }

    private delegate nint Asking(NativeOptions* options, byte* text, long length, byte* path);

    /// <summary>Not null when pinned, unlike an empty array.</summary>
    private static readonly byte[] Empty = [0];

    private static nint With(EngineOptions options, string? yaml, string? path, Asking ask)
    {
        byte[]? text = yaml is null ? null : Encoding.UTF8.GetBytes(yaml);
        fixed (byte* appId = Text.Bytes(options.AppId))
        fixed (byte* configuration = Text.Bytes(options.ConfigurationPath))
        fixed (byte* content = text is { Length: 0 } ? Empty : text)
        fixed (byte* file = Text.Bytes(path))
        {
            NativeOptions native = new()
            {
                Size = (uint)sizeof(NativeOptions),
                Flags = (options.Lenient ? Constants.Lenient : 0) | (options.EveryRejection ? Constants.EveryRejection : 0),
                AppId = appId,
                ConfigPath = configuration,
                MaxEndpoints = (uint)NotNegative(options.MaxEndpoints, nameof(options.MaxEndpoints)),
                EventCapacity = (uint)NotNegative(options.EventCapacity, nameof(options.EventCapacity)),
                JitterSeed = options.JitterSeed,
                MaxBytes = (ulong)NotNegative(options.MaxBytes, nameof(options.MaxBytes)),
            };
            return ask(&native, content, text?.Length ?? 0, file);
        }
    }

    private static long NotNegative(long option, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(option, name);
        return option;
    }

    /// <summary>The engine's message begins with the file, where a mistake is in one.</summary>
    private static PolicyException Failure(in NativeError error, string? path)
    {
        string message;
        fixed (byte* text = error.Message)
        {
            message = Text.Static(text);
        }
        string place = $":{error.Line}:{error.Column}: ";
        int end = error.Line > 0 ? message.IndexOf(place, StringComparison.Ordinal) : -1;
        return new PolicyException(message, path is null ? null : end > 0 ? message[..end] : path, error.Line, error.Column);
    }
}
