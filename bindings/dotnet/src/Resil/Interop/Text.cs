using System.Runtime.InteropServices;
using System.Text;

namespace Resil.Interop;

/// <summary>Text is UTF-8 on the other side.</summary>
internal static unsafe class Text
{
    private const int Few = 512;

    /// <summary>Fills a buffer and answers the whole length; the text is cut if that is not below the capacity.</summary>
    internal delegate long Writer(byte* buffer, long capacity);

    /// <summary>Zero-terminated, as the path functions want it. Null stays null.</summary>
    internal static byte[]? Bytes(string? text)
    {
        if (text is null)
        {
            return null;
        }
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    internal static string Static(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    /// <summary>A text whose length is not known before it was written; it may grow between two tries.</summary>
    internal static string Read(Writer write)
    {
        byte* few = stackalloc byte[Few];
        long length = write(few, Few);
        if (length < Few)
        {
            return length <= 0 ? "" : Encoding.UTF8.GetString(few, (int)length);
        }
        for (; ; )
        {
            byte[] buffer = new byte[checked((int)(length + length / 8 + 1))];
            fixed (byte* to = buffer)
            {
                length = write(to, buffer.Length);
            }
            if (length < buffer.Length)
            {
                return Encoding.UTF8.GetString(buffer, 0, (int)length);
            }
        }
    }
}
