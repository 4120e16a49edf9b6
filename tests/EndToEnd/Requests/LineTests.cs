using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>Lines, lists and objects (docs/SPECIFICATION.md#request-lines).</summary>
public sealed class LineTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task The_answer_is_a_list_of_the_same_length_in_the_same_order()
    {
        var answer = await Box.AskLineAsync("""[{"nodes":{}},{"job":"nosuch"},{"pools":{},"ls":{}},{}]""");

        answer.EnumerateArray().Select(element => string.Join(',', element.Keys())).Should().Equal("nodes", "job", "pools,ls", "");
    }

    [Fact]
    public async Task A_bare_object_is_a_list_of_one_and_an_empty_list_gets_one()
    {
        var bare = await Box.AskLineAsync("""{"job":"nosuch"}""");
        var empty = await Box.AskLineAsync("[]");

        bare.ToString().Should().Be("""[{"job":false}]""");
        empty.ToString().Should().Be("[]");
    }

    [Fact]
    public async Task An_empty_line_ends_the_connection()
    {
        using var connection = await Box.ConnectAsync();

        await connection.SendAsync("[]\n\n[]\n");

        (await connection.ReadLineAsync()).Should().Be("[]");
        (await connection.ReadLineAsync()).Should().BeNull();
    }

    [Fact]
    public async Task A_line_may_end_with_CR_LF()
    {
        using var connection = await Box.ConnectAsync();

        await connection.SendAsync("[]\r\n\r\n");

        (await connection.ReadLineAsync()).Should().Be("[]");
        (await connection.ReadLineAsync()).Should().BeNull();
    }

    [Fact]
    public async Task A_last_line_without_a_newline_is_answered()
    {
        using var connection = await Box.ConnectAsync();

        await connection.SendAsync("[]");
        connection.Stream.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);

        (await connection.ReadLineAsync()).Should().Be("[]");
        (await connection.ReadLineAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Many_lines_may_be_sent_at_once_and_are_answered_in_order()
    {
        using var connection = await Box.ConnectAsync();
        var ids = Enumerable.Range(0, 1000).Select(number => $"pipelined{number}").ToList();

        await connection.SendAsync(
            string.Concat(ids.Select(id => $$$"""[{"submit":{"id":"{{{id}}}","pool":"nowhere","args":["x"]}}]""" + "\n")));
        var answered = new List<string>();
        for (var i = 0; i < ids.Count; i++)
            answered.Add((await connection.ReadAnswerAsync())[0].GetProperty("submit").Keys()[0]);

        answered.Should().Equal(ids);
    }

    [Fact]
    public async Task Requests_of_one_line_see_the_effects_of_earlier_ones()
    {
        var id = Some.Id();

        var answer = await Box.AskLineAsync(
            $$$"""[{"job":"{{{id}}}","submit":{"id":"{{{id}}}","pool":"nowhere","args":["x"]}},"""
            + $$$"""{"job":"{{{id}}}"},{"kill":"{{{id}}}","query":"{{{id}}}"}]""");

        answer[0].GetProperty("job").ToString().Should().Be("False");
        answer[1].GetProperty("job").Text("state").Should().Be("new");
        answer[2].GetProperty("query").Text("state").Should().Be("killed");
    }

    [Theory]
    [InlineData("this is not json")]
    [InlineData("""[{"submit":{"pool":"p1","args":["/bin/true"]}, "nope"]""")]
    [InlineData("[{]")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData(" ")]
    [InlineData("[{}] []")]
    [InlineData("[\"\\ud800\"]")]
    public async Task A_line_that_is_not_a_request_gets_an_error_and_the_connection_goes_on(string line)
    {
        using var connection = await Box.ConnectAsync();

        var answer = await connection.AskAsync(line);

        answer.GetArrayLength().Should().Be(1);
        answer[0].Keys().Should().Equal("error", "code");
        answer[0].Text("code").Should().Be("bad_json");
        (await connection.AskAsync("[]")).ToString().Should().Be("[]");
    }

    [Fact]
    public async Task Bytes_that_are_not_text_get_an_error_and_the_connection_goes_on()
    {
        using var connection = await Box.ConnectAsync();

        await connection.Stream.WriteAsync(
            new byte[] { (byte)'[', (byte)'"', 0xFF, 0xC0, 0x80, (byte)'"', (byte)']', (byte)'\n', 0, 1, 2, (byte)'\n' },
            TestContext.Current.CancellationToken);

        (await connection.ReadAnswerAsync())[0].Text("error").Should().NotBeEmpty();
        (await connection.ReadAnswerAsync())[0].Text("error").Should().NotBeEmpty();
        (await connection.AskAsync("[]")).ToString().Should().Be("[]");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"status\"")]
    [InlineData("[]")]
    [InlineData("""{"submit":1}""")]
    [InlineData("""{"submit":null}""")]
    [InlineData("""{"submit":[]}""")]
    [InlineData("""{"query":{}}""")]
    [InlineData("""{"job":null}""")]
    [InlineData("""{"get":null}""")]
    [InlineData("""{"get":[{}]}""")]
    [InlineData("""{"get":{"seq":"x"}}""")]
    [InlineData("""{"get":{"ids":{}}}""")]
    [InlineData("""{"get":{"ts":[]}}""")]
    [InlineData("""{"ls":true}""")]
    [InlineData("""{"kill":null}""")]
    [InlineData("""{"kill":true}""")]
    [InlineData("""{"modify":[]}""")]
    [InlineData("""{"modify":{"x":1}}""")]
    [InlineData("""{"config":[]}""")]
    [InlineData("""{"config":"x"}""")]
    [InlineData("""{"sync":[]}""")]
    [InlineData("""{"job":"a","job":"b"}""")]
    public async Task A_wrong_element_gets_an_error_in_its_place_and_the_others_are_executed(string element)
    {
        var answer = await Box.AskLineAsync($$"""[{"job":"nosuch"},{{element}},{"job":"nosuch"}]""");

        answer.GetArrayLength().Should().Be(3);
        answer[0].ToString().Should().Be("""{"job":false}""");
        answer[1].Keys().Should().Equal("error", "code");
        answer[1].Text("code").Should().Be("bad_request");
        answer[2].ToString().Should().Be("""{"job":false}""");
    }

    [Fact]
    public async Task Unknown_keys_of_a_request_are_ignored()
    {
        var answer = await Box.AskLineAsync("""[{"bogus":1},{"bogus":[],"job":"nosuch"}]""");

        answer.ToString().Should().Be("""[{},{"job":false}]""");
    }

    [Fact]
    public async Task Pretty_indents_the_answer_for_a_person()
    {
        using var connection = await Box.ConnectAsync();

        await connection.SendAsync("""[{"job":"nosuch","options":{"pretty":true}}]""" + "\n\n");
        var lines = new List<string>();
        while (await connection.ReadLineAsync() is { } line)
            lines.Add(line);

        lines.Should().HaveCountGreaterThan(2).And.Contain(line => line.StartsWith("    "));
        JsonElement.Parse(string.Concat(lines)).GetRawText().Replace(" ", "").Should().Be("""[{"job":false}]""");
    }

    [Fact]
    public async Task A_key_is_a_request_even_if_another_one_of_the_object_is_rejected()
    {
        var answer = await Box.AskObjectAsync(new { job = "nosuch", submit = new { id = "refused", args = Some.True } });

        answer.GetProperty("job").ToString().Should().Be("False");
        answer.GetProperty("submit").GetProperty("refused").ToString().Should().Be("False");
        answer.Text("error").Should().Contain("pool");
    }
}
