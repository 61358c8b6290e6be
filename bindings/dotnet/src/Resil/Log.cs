using Microsoft.Extensions.Logging;

namespace Resil;

/// <summary>The engine's lines, which are Dapr's, each kind under an event id of its own: the kind's number.</summary>
internal static partial class Log
{
    internal static void Write(ILogger logger, EventKind kind, string text)
    {
        switch (kind)
        {
            case EventKind.StateChange:
                BreakerChanged(logger, text);
                break;
            case EventKind.Retry:
                Retrying(logger, text);
                break;
            case EventKind.Recovered:
                Recovered(logger, text);
                break;
            case EventKind.Rejected:
                Rejected(logger, text);
                break;
            case EventKind.TimedOut:
                TimedOut(logger, text);
                break;
            case EventKind.GaveUp:
                GaveUp(logger, text);
                break;
            case EventKind.Warning:
                Warning(logger, text);
                break;
            default:
                Other(logger, text);
                break;
        }
    }

    [LoggerMessage(EventId = 1, EventName = "BreakerChanged", Level = LogLevel.Information, Message = "{Text}")]
    private static partial void BreakerChanged(ILogger logger, string text);

    [LoggerMessage(EventId = 2, EventName = "Retrying", Level = LogLevel.Information, Message = "{Text}")]
    private static partial void Retrying(ILogger logger, string text);

    [LoggerMessage(EventId = 3, EventName = "Recovered", Level = LogLevel.Information, Message = "{Text}")]
    private static partial void Recovered(ILogger logger, string text);

    [LoggerMessage(EventId = 4, EventName = "Rejected", Level = LogLevel.Information, Message = "{Text}")]
    private static partial void Rejected(ILogger logger, string text);

    [LoggerMessage(EventId = 5, EventName = "TimedOut", Level = LogLevel.Information, Message = "{Text}")]
    private static partial void TimedOut(ILogger logger, string text);

    [LoggerMessage(EventId = 6, EventName = "GaveUp", Level = LogLevel.Information, Message = "{Text}")]
    private static partial void GaveUp(ILogger logger, string text);

    [LoggerMessage(EventId = 7, EventName = "Warning", Level = LogLevel.Warning, Message = "{Text}")]
    private static partial void Warning(ILogger logger, string text);

    /// <summary>Of a newer engine.</summary>
    [LoggerMessage(EventId = 99, EventName = "Other", Level = LogLevel.Information, Message = "{Text}")]
    private static partial void Other(ILogger logger, string text);
}
