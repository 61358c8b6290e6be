namespace Resil;

/// <summary>A policy document has a mistake. The message says where it is and what to write instead.</summary>
public sealed class PolicyException : ResilException
{
    internal PolicyException(string message, string? file, int line, int column) : base(message)
    {
        File = file;
        Line = line;
        Column = column;
    }

    /// <summary>The file, as far as the mistake is in one.</summary>
    public string? File { get; }

    /// <summary>Counted from 1; 0 = not about a place in a text.</summary>
    public int Line { get; }

    /// <summary>Counted from 1; 0 = not about a place in a text.</summary>
    public int Column { get; }
}
