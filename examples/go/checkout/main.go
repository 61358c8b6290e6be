// checkout sends orders to order-processor, one a second.
package main

import (
	"cmp"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/resil/resil/bindings/go"
	"github.com/resil/resil/bindings/go/resilhttp"
)

func main() {
	baseURL := cmp.Or(os.Getenv("BASE_URL"), "http://localhost:6001")
	orders, err := strconv.Atoi(cmp.Or(os.Getenv("ORDERS"), "10"))
	if err != nil {
		log.Fatal("ORDERS: ", err)
	}
	slog.SetDefault(slog.New(newDaprStyle(os.Stderr)))

	// Where Dapr's quickstart starts a sidecar, this one loads the same files into the process.
	engine, err := resil.Load("../../resources", resil.WithAppID("checkout"), resil.WithConfig("../../config.yaml"))
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	client := &http.Client{Transport: resilhttp.NewTransport(http.DefaultTransport, engine,
		resilhttp.WithApp(engine, "order-processor"), resilhttp.WithCallOptions(resil.WaitWhenOpen()))}

	for i := 1; i <= orders; i++ {
		order := fmt.Sprintf(`{"orderId": %d}`, i)
		response, err := client.Post(baseURL+"/orders", "application/json", strings.NewReader(order))
		if err != nil {
			log.Fatal(err)
		}
		response.Body.Close()
		if err := resilhttp.ErrorOf(response); err != nil { // an order is passed only when the status says so
			log.Fatal(err)
		}
		fmt.Println("Order passed:", order)
		time.Sleep(time.Second)
	}
}
