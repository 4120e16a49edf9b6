using System.Globalization;
using System.Text;
using MeeseeksBox.Protocol.Configuration;
using Serilog.Events;
using Serilog.Parsing;

namespace MeeseeksBox.Logging;

/// <summary>
/// The text of an event. What was put into it comes from anywhere, so its line breaks are escaped: nobody forges a line with
/// the id of a job.
/// </summary>
internal static class LogMessage
{
    /// <summary>The text, without quotes around what was put in.</summary>
    public static string Of(LogEvent logEvent)
    {
        var message = new StringBuilder();
        foreach (var token in logEvent.MessageTemplate.Tokens)
        {
            if (token is PropertyToken property)
                message.Append(SingleLine.Of(Value(property, logEvent)));
            else
                message.Append(token);
        }

        return message.ToString();
    }

    private static string Value(PropertyToken token, LogEvent logEvent)
    {
        // Serilog would put text into quotes.
        if (token.Alignment is null && logEvent.Properties.GetValueOrDefault(token.PropertyName) is ScalarValue { Value: string text })
            return text;
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        token.Render(logEvent.Properties, writer, CultureInfo.InvariantCulture);
        return writer.ToString();
    }
}
