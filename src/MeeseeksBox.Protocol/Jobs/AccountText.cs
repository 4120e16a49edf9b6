using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The value of <c>uid</c> or <c>gid</c> (docs/SPECIFICATION.md#job-user).</summary>
internal static class AccountText
{
    // The system uses the largest number for "no account".
    private const double Largest = uint.MaxValue - 1.0;
    private const int LongestName = 256;

    /// <summary>Reads a name or a number. 0 is the same as missing.</summary>
    /// <remarks>A text of digits is a number. Nothing that may be root by an odd spelling passes for a name.</remarks>
    public static bool TryRead(JsonElement value, out string? result)
    {
        if (LenientJson.TryNumber(value, out var number))
        {
            result = number is 0 ? null : LenientJson.Canonical(number);
            return number is >= 0 and <= Largest && number == Math.Truncate(number);
        }

        result = value.ValueKind is JsonValueKind.String ? LosslessJson.Of(value) : null;
        return result is { Length: > 0 and <= LongestName } && result[0] is not ('-' or '+') && result.All(IsOfName);
    }

    private static bool IsOfName(char letter) => !char.IsControl(letter) && !char.IsWhiteSpace(letter) && letter is not (':' or '/' or ',');
}
