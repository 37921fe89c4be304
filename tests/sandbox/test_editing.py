from typing import Any

import pytest

from tests.sandbox.stage import AN, GROUP, TOKEN, Stage

BUTTONS = {"inline_keyboard": [[{"text": "Đã nhận", "callback_data": "ack:1"}]]}


async def _sent(stage: Stage) -> dict[str, Any]:
    sent: dict[str, Any] = await stage.call(
        "sendMessage", chat_id=GROUP, text="Văn bản mới", reply_markup=BUTTONS
    )
    return sent


async def test_a_text_and_its_buttons_are_changed(stage: Stage) -> None:
    sent = await _sent(stage)
    place = {"chat_id": GROUP, "message_id": sent["message_id"]}
    stage.clock.time += 60
    changed = await stage.call("editMessageText", text="Đã nhận: 1", **place)
    assert (changed["text"], changed["edit_date"]) == ("Đã nhận: 1", sent["date"] + 60)
    assert "reply_markup" not in changed
    again = await stage.call("editMessageReplyMarkup", reply_markup=BUTTONS, **place)
    assert (again["text"], again["reply_markup"]) == ("Đã nhận: 1", BUTTONS)


async def test_nothing_changed_is_an_error(stage: Stage) -> None:
    sent = await _sent(stage)
    status, text = await stage.fail(
        "editMessageText",
        chat_id=GROUP,
        message_id=sent["message_id"],
        text="<i></i>Văn bản mới ",
        parse_mode="HTML",
        reply_markup=BUTTONS,
    )
    assert status == 400
    assert text == (
        "Bad Request: message is not modified: specified new message content and reply markup are "
        "exactly the same as a current content and reply markup of the message"
    )


async def test_what_cannot_be_edited(stage: Stage) -> None:
    said = await stage.act("say", person=AN, chat=GROUP, text="của An")
    for message, problem in (
        (said["id"], "message can't be edited"),
        (99, "message to edit not found"),
    ):
        assert await stage.fail("editMessageText", chat_id=GROUP, message_id=message, text="a") == (
            400,
            f"Bad Request: {problem}",
        )


async def test_a_caption_is_changed(stage: Stage) -> None:
    answer = await stage.http.post(
        f"/bot{TOKEN}/sendDocument", data={"chat_id": GROUP}, files={"document": ("a.pdf", b"a")}
    )
    place = {"chat_id": GROUP, "message_id": answer.json()["result"]["message_id"]}
    changed = await stage.call("editMessageCaption", caption="Số 793", **place)
    assert (changed["caption"], changed["document"]["file_name"]) == ("Số 793", "a.pdf")
    assert (await stage.fail("editMessageText", text="a", **place))[1] == (
        "Bad Request: there is no text in the message to edit"
    )


async def test_deleting_has_its_rules(stage: Stage) -> None:
    sent, said = await _sent(stage), await stage.act("say", person=AN, chat=GROUP, text="của An")
    own = {"chat_id": GROUP, "message_id": sent["message_id"]}
    other = {"chat_id": GROUP, "message_id": said["id"]}
    assert (await stage.fail("deleteMessage", **other))[
        1
    ] == "Bad Request: message can't be deleted"
    assert await stage.call("deleteMessage", **own) is True
    assert (await stage.fail("deleteMessage", **own))[
        1
    ] == "Bad Request: message to delete not found"
    old = (await _sent(stage))["message_id"]
    stage.clock.time += 48 * 3600 + 1
    assert (await stage.fail("deleteMessage", chat_id=GROUP, message_id=old))[1] == (
        "Bad Request: message can't be deleted for everyone"
    )
    assert await stage.call("deleteMessages", chat_id=GROUP, message_ids=[98, 99]) is True


@pytest.mark.parametrize("button", ["ack:1", "Đã nhận"])
async def test_a_button_is_pressed_and_answered(stage: Stage, button: str) -> None:
    sent = await _sent(stage)
    pressed = await stage.act(
        "press", person=AN, chat=GROUP, message=sent["message_id"], button=button
    )
    query = (await stage.updates())[0]["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (pressed["query"], "ack:1", AN)
    assert query["message"]["text"] == "Văn bản mới"
    seq = (await stage.ask(""))["seq"]
    answer = {"callback_query_id": query["id"], "text": "Cảm ơn bạn", "show_alert": True}
    assert await stage.call("answerCallbackQuery", **answer) is True
    (entry,) = (await stage.ask(f"/log?after={seq}"))["entries"]
    assert entry["fact"] == "Answered"
    assert entry["data"] == {
        "query": pressed["query"],
        "chat": GROUP,
        "person": AN,
        "text": "Cảm ơn bạn",
        "alert": True,
    }


async def test_an_unknown_press_is_too_old(stage: Stage) -> None:
    assert await stage.fail("answerCallbackQuery", callback_query_id="1") == (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )
