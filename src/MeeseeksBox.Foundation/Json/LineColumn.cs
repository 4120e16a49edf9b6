namespace MeeseeksBox.Foundation.Json;

/// <summary>Converts ascending byte offsets of a UTF-8 text to lines and columns, in one pass.</summary>
public struct LineColumn()
{
    private int _offset;

    /// <summary>The line, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>The column in characters, from 1.</summary>
    public int Column { get; private set; } = 1;

    /// <summary>The line and column of one offset.</summary>
    public static LineColumn At(ReadOnlySpan<byte> text, int offset)
    {
        var cursor = new LineColumn();
        cursor.MoveTo(text, offset);
        return cursor;
    }

    /// <summary>Advances to an offset that is not before the current one.</summary>
    public void MoveTo(ReadOnlySpan<byte> text, int offset)
    {
        for (; _offset < offset; _offset++)
        {
            if (text[_offset] == '\n')
                (Line, Column) = (Line + 1, 1);
            else if (!IsInsideCharacter(text, _offset + 1))
                Column++;
        }
    }

    // The second and later bytes of a character are 10xxxxxx.
    private static bool IsInsideCharacter(ReadOnlySpan<byte> text, int offset) =>
        offset < text.Length && (text[offset] & 0b1100_0000) == 0b1000_0000;
}
