"""What the examples of LiteLLM's page on OVHcloud ask, with the SDK as the page uses it:

    litellm_page.py EXAMPLE API_BASE

EXAMPLE: completion, streaming, tools, vision, structured, embeddings; proxy asks the proxy at
API_BASE by the openai package. The key comes from OVHCLOUD_API_KEY, LITELLM_PROXY_API_KEY.
The request bodies are what counts: tests/cli/test_ask_litellm.sh compares them with akin's.
"""

import base64
import json
import os
import sys

CHAT = "ovhcloud/Meta-Llama-3_3-70B-Instruct"
VISION = "ovhcloud/Mistral-Small-3.2-24B-Instruct-2506"
EXAMPLES = os.path.join(os.path.dirname(__file__), "../../data/examples")


def completion(**arguments):
    import litellm

    litellm.disable_hf_tokenizer_download = True
    return litellm.completion(api_base=sys.argv[2], **arguments)


def hello(**arguments):
    return completion(
        model=CHAT,
        messages=[{"role": "user", "content": "Hello, how are you?"}],
        max_tokens=10,
        stop=[],
        temperature=0.2,
        top_p=0.9,
        user="user",
        **arguments,
    )


def ask_completion():
    print(hello().choices[0].message.content)


def ask_streaming():
    for part in hello(stream=True):
        print(part.choices[0].delta.content or "", end="")
    print()


def get_current_weather(location, unit="celsius"):
    temperature = "22" if unit == "celsius" else "72"
    return {"location": location, "temperature": temperature, "unit": unit}


WEATHER = {
    "type": "function",
    "function": {
        "name": "get_current_weather",
        "description": "Get the current weather in a given location",
        "parameters": {
            "type": "object",
            "properties": {
                "location": {
                    "type": "string",
                    "description": "The city and country, e.g. Montréal, Canada",
                },
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            },
            "required": ["location"],
        },
    },
}


def ask_tools():
    messages = [{"role": "user", "content": "What's the weather like in Paris?"}]
    said = completion(model=CHAT, messages=messages, tools=[WEATHER], tool_choice="auto").choices[0].message
    calls = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.function.name, "arguments": call.function.arguments},
        }
        for call in said.tool_calls
    ]
    messages.append({"role": "assistant", "content": said.content, "tool_calls": calls})
    for call in said.tool_calls:
        messages.append(
            {
                "tool_call_id": call.id,
                "role": "tool",
                "name": call.function.name,
                "content": json.dumps(get_current_weather(**json.loads(call.function.arguments))),
            }
        )
    print(completion(model=CHAT, messages=messages).choices[0].message.content)


def ask_vision():
    with open(os.path.join(EXAMPLES, "room.jpg"), "rb") as image:
        url = "data:image/jpeg;base64," + base64.b64encode(image.read()).decode()
    content = [
        {"type": "text", "text": "What's in this image?"},
        {"type": "image_url", "image_url": {"url": url, "format": "image/jpeg"}},
    ]
    messages = [{"role": "user", "content": content}]
    print(completion(model=VISION, messages=messages, stream=False).choices[0].message.content)


SYSTEM = (
    "You are a specialist in extracting structured data from unstructured text. "
    "Your task is to identify relevant entities and categories, then format them "
    "according to the requested structure."
)


def ask_structured():
    schema = {
        "type": "object",
        "properties": {
            "section": {"type": "string"},
            "products": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["section", "products"],
        "additionalProperties": False,
    }
    reply = completion(
        model=CHAT,
        messages=[
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": "Room 12 contains books, a desk, and a lamp."},
        ],
        response_format={
            "type": "json_schema",
            "json_schema": {"title": "data", "name": "data_extraction", "schema": schema, "strict": False},
        },
        stream=False,
    )
    print(reply.choices[0].message.content)


def ask_embeddings():
    import litellm

    reply = litellm.embedding(
        model="ovhcloud/BGE-M3",
        input=["sample text to embed", "another sample text to embed"],
        api_base=sys.argv[2],
    )
    print(len(reply.data))


def ask_proxy():
    import openai

    client = openai.OpenAI(api_key=os.environ["LITELLM_PROXY_API_KEY"], base_url=sys.argv[2])
    reply = client.chat.completions.create(
        model="my-chat", messages=[{"role": "user", "content": "what llm are you"}]
    )
    print(reply.choices[0].message.content)


globals()["ask_" + sys.argv[1]]()
