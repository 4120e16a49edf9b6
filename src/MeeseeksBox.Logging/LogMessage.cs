using System.Globalization;
using System.Text;
using MeeseeksBox.Foundation.Text;
using Serilog.Events;
using Serilog.Parsing;

namespace MeeseeksBox.Logging;

/// <summary>Formats the text of an event.</summary>
/// <remarks>Line breaks in values are escaped, so that external text, such as the id of a job, cannot forge a log line.</remarks>
internal static class LogMessage
{
    /// <summary>The text, without quotes around the values.</summary>
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
        // Serilog would put the text in quotes.
        if (token.Alignment is null && logEvent.Properties.GetValueOrDefault(token.PropertyName) is ScalarValue { Value: string text })
            return text;
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        token.Render(logEvent.Properties, writer, CultureInfo.InvariantCulture);
        return writer.ToString();
    }
}
