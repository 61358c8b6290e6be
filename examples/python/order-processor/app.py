import json
import logging
import os

from flask import Flask, request

app = Flask(__name__)
logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line per order is enough


@app.route("/orders", methods=["POST"])
def receive_order():
    print("Order received: " + json.dumps(request.json), flush=True)
    return {"success": True}


app.run(port=int(os.getenv("APP_PORT", "8001")))
