using CsCheck;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.FileWatch.Tests.Names;

/// <summary>The order of names is bytewise (docs/SPECIFICATION.md#file-order).</summary>
public sealed class ByteOrderTests
{
    [Fact]
    public void It_is_the_order_of_the_bytes()
    {
        string[] units = ["a", "Z", "é", "\uFFFD", "\uE000", "😀", "𐀀", "\udc80", "\udcc3", "\udcff"];
        var text = Gen.OneOf([.. units.Select(Gen.Const)])
            .Array[0, 6].Select(string.Concat);

        Gen.Select(text, text).Sample((x, y) =>
            Math.Sign(ByteOrder.Instance.Compare(x, y))
            == Math.Sign(ByteText.Encode(x).AsSpan().SequenceCompareTo(ByteText.Encode(y))));
    }
}
